"""`hub drift`: the shape of records, and what differs between the samples and what comes in."""
