"""Puts the context of RO-Crate 1.1 into the HTTP cache that rocrate-validator reads when offline. The text comes from the
package `rocrate`, which carries it; nothing is fetched.

Usage: prime_context.py CACHE
"""

from __future__ import annotations

import io
import sys
from importlib import resources

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class Packaged(BaseAdapter):
    """Answers every request with the packaged context."""

    def send(self, request: PreparedRequest, *_args: object, **_options: object) -> Response:
        body = resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
        headers = {"Content-Type": "application/ld+json"}
        raw = HTTPResponse(
            io.BytesIO(body), headers=headers, status=200, preload_content=False, request_url=request.url
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    session = CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1)
    session.mount("https://", Packaged())
    response = session.get(CONTEXT, headers={"Accept": "application/ld+json, application/json"})
    response.raise_for_status()


main()
