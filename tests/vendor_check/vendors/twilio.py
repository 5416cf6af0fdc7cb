"""twilio/twilio-oai, api v2010; vectors of its Python library."""

SPECS = {"twilio/twilio_api_v2010.openapi.json": ""}
VECTORS = {"vendor": "twilio"}
REFUSED = {"nothing to say, to somebody without a phone"}
