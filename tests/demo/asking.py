"""HTTP as anybody asks."""

import json

import urllib3


def ask(method, url, body=None, headers=None):
    """Status and JSON of an answer."""
    answer = urllib3.request(method, url, body=body, headers=headers, retries=False, timeout=5.0)
    return answer.status, json.loads(answer.data) if answer.data else None
