"""`hub new mapping`: a mapping proposed from an event, by names, types and values."""
