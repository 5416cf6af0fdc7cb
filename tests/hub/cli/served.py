"""A hub in memory, asked as over HTTP: the client of `hub customers` without a network."""

import json
from urllib.parse import parse_qsl, urlsplit

from hub.cli.api import Api
from hub.connector import HttpResponse
from hub.pipeline.serve import Question, serve


class Served:
    """A client that hands each request to the API. `asked`: the addresses that were called."""

    def __init__(self, hub):
        self.hub = hub
        self.asked = []

    def send(self, request):
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(parse_qsl(parts.query))
        answer = serve(self.hub, Question(request.method, parts.path, query, headers, request.body or b""))
        body = b"" if answer.data is None else json.dumps(answer.data).encode()
        return HttpResponse(answer.status, answer.headers, body)


def api(hub, key="k-2", options=""):
    """The API of a hub in memory."""
    return Api("https://hub.example", key, Served(hub), options)
