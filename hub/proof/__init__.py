"""`hub test`: the tests inside of the mappings, what they reach, and which changes they notice."""
