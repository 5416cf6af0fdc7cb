"""Files of a project that nobody wrote by hand: `hub check` names a place in one of them, and goes on."""

import contextlib
import io
import json
import shutil
import tempfile
from pathlib import Path

from hub.cli import main
from tests.hostile.case import Case

BASE = Path(__file__).parents[1] / "checks" / "base"
CONNECTOR = (BASE / "connectors" / "shop.yaml").read_text(encoding="utf-8")
ENTITY = (BASE / "entities" / "customer.yaml").read_text(encoding="utf-8")
WRONG = r"1: [\w./-]+:\d+:\d+: [a-z0-9-]+: "
WELL = r"0: "
EITHER = f"{WRONG}|{WELL}"


def checked(file, text):
    """What `hub check` says of a project with this file in it: its exit code and first line."""

    def made():
        folder = Path(tempfile.mkdtemp())
        shutil.copytree(BASE, folder, dirs_exist_ok=True)
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())

        def run():
            output = io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                code = main(["check", "--root", str(folder)])
            shutil.rmtree(folder)
            said = output.getvalue()
            longest = max(map(len, said.splitlines()), default=0)
            return f"{code}: {said}" if longest < 1_000 else f"a line of {longest} characters was said"

        return run

    return made


def mapping(body):
    return checked("mappings/shop.customer.yaml", f"entity: customer\n{body}\n")


def leaf(expression):
    return mapping(f"in:\n  given_name: {json.dumps(expression)}")


def body(text):
    return checked("connectors/shop.yaml", CONNECTOR.replace('body: "{record}"', f"body: {text}"))


def inline(text):
    return mapping(f"both: {{email: email}}\ntests:\n  - {{name: t, in: {text}, expect: {{}}}}")


def sample(text, file="events/shop/other.json"):
    return checked(file, text)


def event(text):
    return sample(f'{{"headers": {{"X-Topic": "customer.created"}}, "query": {{}}, "body": {text}}}')


def nested(opening, closing, levels, inner="b"):
    return opening * levels + inner + closing * levels


NESTED = {
    "objects": mapping("in: " + nested("{a: ", "}", 10_000)),
    "objects of some hundred": mapping("in: " + nested("{a: ", "}", 300)),
    "lists": mapping("in: " + nested("[", "]", 10_000)),
    "pairs": mapping("both: " + nested("{a: ", "}", 450, "email")),
    "blocks": mapping("in:\n" + "".join(" " * n + " a:\n" for n in range(500)) + " " * 501 + "a: b"),
    "braces that never close": mapping("in: " + "{" * 900_000),
    "brackets that never close": mapping("in: " + "[" * 900_000),
    "list items": mapping("in:\n  " + "- " * 100_000),
    "a body": body(nested("{a: ", "}", 5_000)),
    "a body of some hundred": body(nested("{a: ", "}", 300)),
    "a record of a test": inline("{email: " + nested("[", "]", 800) + "}"),
    "keys in keys": mapping("in: {" + "? {" * 5_000),
}
LARGE = {
    "700,000 keys": mapping("in:\n" + "".join(f"  k{n}: a\n" for n in range(700_000))),
    "5,000 keys": mapping("in:\n" + "".join(f"  k{n}: a\n" for n in range(5_000))),
    "a text of 10 MB": mapping("in:\n  given_name: " + "a" * 10_000_000),
    "a quoted text of 10 MB": mapping("in:\n  given_name: \"'" + "a" * 10_000_000 + "'\""),
    "a comment of 10 MB": mapping("#" * 10_000_000),
    "spaces of 10 MB": mapping(" " * 10_000_000),
    "lines of 10 MB": mapping("\n" * 10_000_000),
    "an expression of 100,000 characters": leaf("a || " * 20_000 + "a"),
    "a multiselect of 50,000": leaf("[" + "a," * 50_000 + "a]"),
    "a body of one long text": body('"' + "x" * 900_000 + '"'),
    "a body of 3,000 expressions": body('"' + "".join(f"{{record.a{n}}}" for n in range(3_000)) + '"'),
    "2,000 tests": mapping(
        "both: {email: email}\ntests:\n" + "  - {name: t, in: {email: a@b.co}, expect: {}}\n" * 2_000
    ),
}
LOOKUPS = {
    "20,000 words": mapping(
        "in: {given_name: {from: first_name, lookup: {"
        + ", ".join(f"k{n}: v{n}" for n in range(20_000))
        + "}}}"
    ),
    "20,000 words both ways": mapping(
        "both: {first_name: {field: given_name, lookup: {"
        + ", ".join(f"k{n}: v{n}" for n in range(20_000))
        + "}}}"
    ),
    "100,000 words": mapping(
        "in: {given_name: {from: first_name, lookup: {"
        + ", ".join(f"k{n}: v{n}" for n in range(100_000))
        + "}}}"
    ),
}
NUMBERS = {
    "6,000 digits": inline("{email: " + "1" * 6_000 + "}"),
    "beyond range": inline("{email: 1e400}"),
    "beyond range and negative": inline("{email: -1e400}"),
    "a limit": checked(
        "connectors/shop.yaml", CONNECTOR.replace("auth:", f"limit: [{'9' * 5000} per 1s]\nauth:")
    ),
    "a duration": checked(
        "connectors/shop.yaml", CONNECTOR.replace("auth:", f"limit: [1 per {'9' * 400}d]\nauth:")
    ),
}
ODD = {
    "half a character": mapping('in: {given_name: "\\uD800"}'),
    "no character": mapping('in: {given_name: "a\\0b"}'),
    "another encoding": checked("mappings/shop.customer.yaml", b"entity: customer\nin: {given_name: \xff}\n"),
    "UTF-16": checked(
        "mappings/shop.customer.yaml", "entity: customer\nin: {given_name: first_name}\n".encode("utf-16")
    ),
    "an alias of itself": mapping("in: &a {given_name: *a}"),
    "a tag that runs code": mapping("in: !!python/object/apply:os.system [ls]"),
    "a control character": mapping("in: {given_name: a\x1bb}"),
    "names of Python's own": mapping("in: {__class__: a, __dict__: b}"),
    "a pair with half an expression": mapping("both: {first_name: {field: g(iven_name}}"),
    "no leaf in a list": mapping("in: {tags: {each: {a: b}, fields: {x: {ffrom: a}}}}"),
    "no leaf in a consent": mapping("consent: {email.marketing: {address: email, state: {a: {b: c}}}}"),
    "a merge key": mapping("in: {<<: {given_name: first_name}}"),
}
SAMPLES = {
    "100,000 deep": event("[" * 100_000 + "]" * 100_000),
    "900 deep": event('{"id": 1, "email": ' + nested("[", "]", 900, "1") + "}"),
    "never closing": event("[" * 100_000),
    "NaN": event('{"id": 1, "email": NaN}'),
    "beyond range": event('{"id": 1, "email": 1e400}'),
    "5,000 digits": event('{"id": 1, "email": ' + "1" * 5_000 + "}"),
    "half a character": event('{"id": 1, "email": "\\ud800"}'),
    "a key twice": event('{"id": 1, "email": "a@b.co", "email": "c@d.co"}'),
    "no object": sample("[1]"),
    "headers that are none": sample('{"headers": null, "query": {}, "body": {}}'),
    "headers that are a number": sample('{"headers": 1, "body": {}}'),
    "a query that is a number": sample('{"headers": {"a": 1}, "query": 5, "body": {}}'),
    "a method that is a list": sample('{"method": [], "headers": {}, "query": {}, "body": {}}'),
    "half a character as the body": sample('{"headers": {}, "body": "\\ud800"}'),
    "bytes": sample(b"\xff\xfe{"),
    "nothing": sample(""),
    "a record that is deep": sample("[" * 100_000, "events/shop/records/customer.1.json"),
    "20,000 keys": event("{" + ", ".join(f'"k{n}": 1' for n in range(20_000)) + "}"),
}

CASES = {
    **{f"nested: {name}": Case(WRONG, run) for name, run in NESTED.items()},
    **{f"large: {name}": Case(EITHER, run) for name, run in LARGE.items()},
    **{f"lookup: {name}": Case(EITHER, run) for name, run in LOOKUPS.items()},
    **{f"number: {name}": Case(EITHER, run) for name, run in NUMBERS.items()},
    **{f"odd: {name}": Case(WRONG, run) for name, run in ODD.items()},
    **{f"sample: {name}": Case(EITHER, run) for name, run in SAMPLES.items()},
}
