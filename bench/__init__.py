"""What the hub costs, measured by one command: `python -m bench [--json]`, or `make bench`."""
