"""The demo: one person across seven systems, on one laptop."""
