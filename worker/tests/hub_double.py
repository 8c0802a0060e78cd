"""A double of the Hugging Face hub on this machine: repositories of models and data sets, each with one commit."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """What is served: folders by `models/OWNER/NAME` or `datasets/OWNER/NAME`; `asked` keeps the paths of requests."""

    def __init__(self, url: str, folders: dict[str, Path]) -> None:
        self.url, self.folders = url, folders
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _entries(folder: Path) -> list[dict]:
    return [
        {"type": "file", "path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "oid": _oid(path)}
        for path in _files(folder)
    ]


def _oid(path: Path) -> str:
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_args) -> None:
        """Print nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.hub.asked.append(path)
        self.hub.tokens.add(self.headers.get("authorization"))
        if path.startswith("api/"):
            return self._api(path.removeprefix("api/"), body)
        kind, path = ("datasets", path.removeprefix("datasets/")) if path.startswith("datasets/") else ("models", path)
        owner, name, what, revision, *rest = [*path.split("/"), "", "", "", ""][: max(5, len(path.split("/")))]
        folder = self.hub.folders.get(f"{kind}/{owner}/{name}")
        file = None if folder is None else folder / "/".join(part for part in rest if part)
        if what != "resolve" or revision not in (COMMIT, "main") or file is None or not file.is_file():
            return self._missing("EntryNotFound" if folder else "RepoNotFound", body)
        headers = {"ETag": f'"{_oid(file)}"', "X-Repo-Commit": COMMIT}
        self._send(200, file.read_bytes(), headers, body)

    def _api(self, path: str, body: bool) -> None:
        kind, owner, name, *rest = [*path.split("/"), "", ""]
        folder = self.hub.folders.get(f"{kind}/{owner}/{name}")
        if folder is None:
            return self._missing("RepoNotFound", body)
        what, revision = rest[0], rest[1] if len(rest) > 1 else ""
        if revision not in ("", COMMIT, "main"):
            return self._missing("RevisionNotFound", body)
        if what in ("tree", "paths-info"):
            return self._json(_entries(folder), body)
        names = [{"rfilename": entry["path"]} for entry in _entries(folder)]
        self._json({"id": f"{owner}/{name}", "sha": COMMIT, "siblings": names, "private": False, "tags": []}, body)

    def _json(self, value: object, body: bool) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"}, body)

    def _missing(self, code: str, body: bool) -> None:
        self._send(404, b"{}", {"X-Error-Code": code, "Content-Type": "application/json"}, body)

    def _send(self, status: int, content: bytes, headers: dict[str, str], body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)


@contextmanager
def serving(folders: dict[str, Path]) -> Iterator[Hub]:
    """Serve the folders while this lasts."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub = handler.hub = Hub(f"http://127.0.0.1:{server.server_port}", folders)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
