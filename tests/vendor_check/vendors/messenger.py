"""Meta publishes no file of the Messenger Platform; the signature is GitHub's, which has vectors."""

VECTORS = {"vendor": "github"}
