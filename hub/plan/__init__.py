"""`hub plan`: recorded events through two versions of the files, and what differs."""
