"""A seed tried: its verdict, its story, and the smallest part of it that still fails."""

import traceback

from tests.fleet.verdict import Verdict
from tests.fleet.world import RestlessError, World


def trial(seed, **parts):
    """What is wrong after a seed, and its figures."""
    _, lines, figures = _tried(seed, **parts)
    return lines, figures


def story(seed, **parts):
    """The seed as a person can follow it, with what is wrong at the end."""
    world, lines, _ = _tried(seed, story=True, **parts)
    weather = ", ".join(f"{part}" for part in world.weather.parts) or "calm"
    head = [f"seed {seed}: {', '.join(world.names)}; weather: {weather}"]
    return [*head, *world.told, *(lines or ["all is well"])]


def shrunk(seed):
    """The smallest trial found of a seed that fails: its systems, moves and weather taken away one by one."""
    world = World(seed)
    parts = {
        "systems": world.names,
        "only": frozenset(m.number for m in world.moves),
        "weather": world.weather,
    }
    moved = True
    while moved:
        moved = False
        for smaller in _smaller(parts):
            if trial(seed, **smaller)[0]:
                parts, moved = smaller, True
                break
    return seed, parts


def _smaller(parts):
    for name in parts["systems"]:
        if len(parts["systems"]) > 1:
            yield {**parts, "systems": tuple(one for one in parts["systems"] if one != name)}
    for number in sorted(parts["only"], reverse=True):
        yield {**parts, "only": parts["only"] - {number}}
    for name in parts["weather"].parts:
        yield {**parts, "weather": parts["weather"].without(name)}


def _tried(seed, **parts):
    world = World(seed, **parts)
    return world, *judged(world)


def judged(world):
    """A world that lives through its seed: what is wrong with it then, and its figures."""
    try:
        world.live()
    except RestlessError as error:
        return [str(error)], world.counts
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{error!r} at {where.filename.rpartition('/')[2]}:{where.lineno}"], world.counts
    verdict = Verdict(world)
    return verdict.lines, verdict.figures
