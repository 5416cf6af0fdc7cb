"""Operations as a vendor's guide describes them, for a vendor whose file leaves them out."""


def operation(*query, needs=(), body=None, required=()):
    """An operation that takes these query parameters. `needs`: (in, name) of each that must be there, headers
    included. `body`: the schemas of what its JSON may hold, some of it `required`; None where it takes none.
    """
    parameters = [{"in": "query", "name": name, "schema": {}} for name in query]
    parameters += [{"in": place, "name": name, "required": True, "schema": {}} for place, name in needs]
    described = {"parameters": parameters}
    if body is not None:
        schema = {"type": "object", "properties": body, "required": list(required)}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
YES = {"type": "boolean"}
ANY = {}


def many(schema):
    """A list of these."""
    return {"type": "array", "items": schema}


def members(**schemas):
    """An object of these members at most."""
    return {"type": "object", "properties": schemas}
