"""`python -m hub.demo.vendors --port N --state FILE --hub-url URL`: the vendors until SIGTERM."""

import argparse
import signal
import threading
from functools import partial
from pathlib import Path

from hub.catalog import Catalog
from hub.demo.vendors.faults import FAULTS, Fault
from hub.demo.vendors.server import VendorServer, nobody
from hub.demo.vendors.simulated import simulated
from hub.demo.vendors.town import seeds
from hub.demo.vendors.webhooks import LAG, Poster


def main(arguments: list[str] | None = None) -> None:
    """Serves until SIGINT or SIGTERM; prints the URL as its first line."""
    options = _options().parse_args(arguments)
    root = Path(options.root)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    catalog = Catalog.read(root)
    poster = Poster(catalog, options.hub_url, lag=LAG) if options.hub_url else None
    server = VendorServer(
        port=options.port,
        state=Path(options.state) if options.state else None,
        seeds=seeds(root),
        faults=options.fault,
        tell=poster.tell if poster else nobody,
        waiting=poster.waiting if poster else int,
        others=dict(options.other),
        more=partial(simulated, root, catalog),
    )
    with server:
        if poster:
            poster.start()
        print(server.url, flush=True)
        stop.wait()
    if poster:
        poster.stop()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hub.demo.vendors")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", help="file of JSON lines that keeps everything over a restart")
    parser.add_argument("--hub-url", help="where the vendors post their webhooks; without it they post none")
    parser.add_argument("--root", default=".", help="the project folder")
    kinds = "; ".join(f"{kind}: {meaning}" for kind, meaning in FAULTS.items())
    help = f"ACCOUNT:N:KIND, the N-th call goes wrong. {kinds}"
    parser.add_argument("--fault", type=Fault.parse, action="append", default=[], help=help)
    help = "connector or account that a server of your own plays; again for each"
    parser.add_argument("--other", type=_pair, action="append", default=[], metavar="NAME=URL", help=help)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    return name, url


if __name__ == "__main__":
    main()
