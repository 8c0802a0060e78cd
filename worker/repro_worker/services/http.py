"""The HTTP side of a service: one JSON object in, one JSON value out, one request at a time.

The process reads one line of JSON ({"params": …, "inputs": {name: path}}) from standard input, loads its model, and
says where it listens by one line on standard output. It ends when its standard input does, so it can't outlive the
driver.
Requests need the bearer token of REPRO_SERVICE_TOKEN: other people's processes on this machine have none.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from repro_worker import sandbox
from repro_worker.errors import WorkerError
from repro_worker.jsonl import refuse_constant
from repro_worker.params import Params
from repro_worker.task import Task

MOST_BYTES = 4 << 20
"""Larger requests are refused unread."""

Route = Callable[[dict[str, Any]], Any]


class RequestError(Exception):
    """A request that can't be answered, and the HTTP status that says why."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


def serve(load: Callable[[dict[str, Path], Params], dict[str, Route]]) -> int:
    """Load a model with `load`, which gives the routes by path, and answer requests until standard input ends."""
    description = json.loads(sys.stdin.readline())
    inputs = {name: Path(path) for name, path in description["inputs"].items()}
    token = os.environ["REPRO_SERVICE_TOKEN"]
    home = Path.cwd()
    sandbox.enter(Task("service", home, Params({}), inputs, {}, ()))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        routes = load(inputs, Params(description["params"]))
    except WorkerError as error:
        print(f"{error} ({error.where}). {error.remedy}", file=sys.stderr)
        return 1
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(routes, token))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    out.write(json.dumps({"event": "listening", "url": f"http://127.0.0.1:{server.server_port}"}) + "\n")
    out.flush()
    sys.stdin.read()
    server.shutdown()
    return 0


def _handler(routes: dict[str, Route], token: str) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            try:
                self._reply(HTTPStatus.OK, self._answer())
            except RequestError as error:
                self.close_connection = True
                self._reply(error.status, {"error": str(error)})
            except Exception as error:
                traceback.print_exc()
                self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": f"{type(error).__name__}: {error}"})

        def _answer(self) -> Any:
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                raise RequestError("the bearer token is missing or wrong", HTTPStatus.UNAUTHORIZED)
            route = routes.get(self.path)
            if route is None:
                raise RequestError(f"there is no {self.path}", HTTPStatus.NOT_FOUND)
            body = self._body()
            with lock:
                return route(body)

        def _body(self) -> dict[str, Any]:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit():
                raise RequestError("the request has no length", HTTPStatus.LENGTH_REQUIRED)
            if int(length) > MOST_BYTES:
                raise RequestError("the request is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            try:
                body = json.loads(self.rfile.read(int(length)), parse_constant=refuse_constant)
            except ValueError as error:
                raise RequestError(f"the request is not JSON: {error}") from error
            if not isinstance(body, dict):
                raise RequestError("the request is not a JSON object")
            return body

        def _reply(self, status: HTTPStatus, value: Any) -> None:
            data = json.dumps(value, allow_nan=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Say nothing of requests that went well."""

    return Handler
