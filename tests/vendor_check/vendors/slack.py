"""Slack's files are archived and old; vectors of its Python library."""

VECTORS = {"vendor": "slack"}
