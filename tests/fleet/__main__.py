"""One seed alone, told as a story: `python -m tests.fleet SEED`; what failed is shown as small as it gets."""

import argparse
import sys

from tests.fleet.trial import shrunk, story


def main():
    """Tell the story of a seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--whole", action="store_true", help="as it is, not made smaller")
    options = parser.parse_args()
    seed, parts = (options.seed, {}) if options.whole else shrunk(options.seed)
    lines = story(seed, **parts)
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
