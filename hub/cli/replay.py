"""hub replay: send again what failed, after its cause was mended: previewed, capped, throttled, resumable."""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

from hub.cli.api import Api, ApiError
from hub.cli.deliveries import counted
from hub.cli.operating import Command, add_command, add_wanted, printed, wanted, words
from hub.keys import DUE
from hub.narrative import operations
from hub.pipeline.serve.wanted import WORDS

CAP = 1000
SAMPLE = 10
PART_SECONDS = 5.0
"""How many are sent at once: as many as the rate allows in this time."""
PAGE = 100
LOOKS = 10
LOOK_SECONDS = 2.0
"""How often, and how far apart, it is looked how they do: of so few that their number is one page."""
UNLIMITED = 20.0
"""A second, where no destination has a rate: what events are replayed at."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    add_command(subparsers, COMMAND)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--id", action="append", default=[], help="this one, as the lists name it; repeatable"
    )
    parser.add_argument(
        "--again", action="store_true", help="with --id: also what is done already, a second time"
    )
    parser.add_argument("--preview", action="store_true", help="only say what would happen")
    parser.add_argument("--values", action="store_true", help="with --preview: values of people in full")
    parser.add_argument(
        "--first", type=int, help="send so many of them, and say how it goes on: try a few first"
    )
    parser.add_argument(
        "--cap",
        type=int,
        default=CAP,
        help="send nothing where they are more than so many (default %(default)s)",
    )
    parser.add_argument("--rate", type=float, help="so many a second (default: a tenth of the slowest limit)")
    parser.add_argument("--after", help="go on where a replay was stopped, as it said")
    add_wanted(parser)


def run(api: Api, arguments: argparse.Namespace) -> int:
    """Preview, or replay: 0 when all were sent, 1 when some could not be, or they are more than the cap."""
    asked = _asked(arguments)
    foreseen = _foreseen(api, arguments, asked)
    if arguments.preview:
        printed(arguments, foreseen, lambda: operations.preview(foreseen, api.options))
        return 0
    if foreseen["count"] > arguments.cap:
        many = f"{foreseen['count']}{'' if foreseen['all'] else ' or more'}"
        raise ApiError(
            f"{many} are like that, and the cap is {arguments.cap}: say --cap {many.split(maxsplit=1)[0]}, "
            "or --first 5 to try some"
        )
    done = {**_sent(api, arguments, asked, foreseen), "words": foreseen["words"]}
    done["switched"] = list(operations.switched(foreseen["sample"], "they"))
    done["states"] = _became(api, done) if not done["switched"] else []
    printed(arguments, done, lambda: operations.replayed(done, api.options))
    return 0 if not done["skipped"] else 1


def _asked(arguments: argparse.Namespace) -> dict[str, Any]:
    """What is to be sent, as the API takes it. Raises ApiError."""
    if arguments.again and not arguments.id:
        raise ApiError("--again goes with --id: what is done is named to be done a second time")
    if arguments.first is not None and (arguments.id or arguments.first < 1):
        raise ApiError("--first is a number from 1, of what a query finds")
    if arguments.id:
        return {"events": arguments.id, **({"again": True} if arguments.again else {})}
    asked = wanted(arguments)
    if not asked:
        raise ApiError("say which: --group, --id, --account, --reason, …")
    return {**asked, **({"after": arguments.after} if arguments.after else {})}


def _foreseen(api: Api, arguments: argparse.Namespace, asked: dict[str, Any]) -> dict[str, Any]:
    """What would happen: counts by place and state, seconds, a sample. It stops counting above the cap."""
    count, seconds, sample, skipped = 0, 0.0, list[Any](), list[Any]()
    places: dict[str, int] = {}
    states: dict[str, int] = {}
    whole, most = True, arguments.first or arguments.cap + PAGE
    looking = {**asked, "preview": True, "values": arguments.values}
    for answer in _parts(api, looking, PAGE, most, sample=SAMPLE):
        sample, skipped = sample or answer["sample"], skipped + answer["skipped"]
        for one in answer["sent"]:
            _count(places, one.get("at", "the hub"))
            _count(states, one.get("state") or "parked")
        count, seconds = count + len(answer["sent"]), seconds + answer["pace"]
        whole = answer["next"] is None
    rate = arguments.rate or (count / seconds if seconds else UNLIMITED)
    return {
        "count": count,
        "all": whole,
        "places": places,
        "states": states,
        "rate": round(rate, 3),
        "seconds": round(count / rate, 1),
        "cap": arguments.cap,
        "sample": sample,
        "skipped": skipped,
        "values": arguments.values,
        "words": _words(arguments),
    }


def _words(arguments: argparse.Namespace) -> str:
    """The options that ask for the same again."""
    named = [f"--id '{one}'" for one in arguments.id] + ["--again"] * arguments.again
    return " ".join(filter(None, [*named, words(arguments)]))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _parts(api: Api, asked: dict[str, Any], part: int, most: int, **first: Any) -> Iterator[dict[str, Any]]:
    """The parts of a replay of at most so many, each asked for when the one before was dealt with."""
    after = asked.get("after")
    while most > 0:
        size = {} if "events" in asked else {"limit": min(part, most)}
        answer = api.post("/v1/replay", {**asked, **first, **size, **({"after": after} if after else {})})
        yield answer
        after, first, most = answer["next"], {}, most - len(answer["sent"])
        if after is None:
            return


def _sent(
    api: Api, arguments: argparse.Namespace, asked: dict[str, Any], foreseen: dict[str, Any]
) -> dict[str, Any]:
    """Send part by part, at the rate, with progress on the error channel."""
    rate, total, most = foreseen["rate"], foreseen["count"], arguments.first or arguments.cap
    part = max(1, min(PAGE, int(rate * PART_SECONDS)))
    sent, skipped = list[Any](), list[Any]()
    for answer in _parts(api, asked, part, most):
        sent, skipped, id, after = (
            sent + answer["sent"],
            skipped + answer["skipped"],
            answer["replay"],
            answer["next"],
        )
        if after is None or len(sent) >= most:
            break
        if not arguments.json:
            again = f"hub replay {foreseen['words']}{api.options} --after '{after}'"
            print(f"{len(sent)} of {total} queued; to go on after a stop: {again}", file=sys.stderr)
        time.sleep(len(answer["sent"]) / rate)
    deliveries = sum(one["id"].startswith(("DLV#", "ACT#")) for one in sent)
    return {"sent": len(sent), "deliveries": deliveries, "skipped": skipped, "replay": id, "next": after}


def _became(api: Api, done: dict[str, Any]) -> list[dict[str, Any]]:
    """How the deliveries did, where they are few enough to wait for: by destination and state."""
    counts: list[dict[str, Any]] = []
    if not 0 < done["deliveries"] <= PAGE:
        return counts
    print(f"{done['sent']} queued as replay {done['replay']}: looking how they do …", file=sys.stderr)
    for _ in range(LOOKS):
        time.sleep(LOOK_SECONDS)
        counts = counted(api, {"replay": done["replay"]})
        if sum(one["count"] for one in counts if one["state"] not in WORDS[DUE]) >= done["deliveries"]:
            break
    return counts


COMMAND = Command(
    "replay",
    "send again what failed, after its cause was mended",
    "Sends again what is parked: by group, by id, or by what it is. First look with --preview: how many, "
    "where to, how long it takes, and what would come of a sample, worked out with the files as they are "
    "deployed now. What is done is not done again, unless you name it by --id and say --again. It takes a "
    "tenth of a destination's rate, so that live traffic goes on; it may be stopped at any time, and says "
    "how it goes on.",
    (
        "hub replay --group 8d4a3b1c --preview              # what would happen",
        "hub replay --group 8d4a3b1c --first 5              # try five",
        "hub replay --group 8d4a3b1c                        # do it",
        "hub replay --id 'DLV#odoo.main.order#order#8b1f…'  # one only; again for each",
        "hub replay --account odoo.main --since 2d --cap 5000",
        "hub replay --state dry-run --account odoo.main     # what was only worked out",
    ),
    _arguments,
    run,
)
