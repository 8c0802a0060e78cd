"""Content digests of files and folders, remembered for as long as a file's size, times and inode stay the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

_known: dict[tuple, str] = {}


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    stat = path.stat()
    identity = (str(path.resolve()), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
    if identity not in _known:
        with path.open("rb") as handle:
            _known[identity] = hashlib.file_digest(handle, "sha256").hexdigest()
    return _known[identity]


def path_digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's names and contents."""
    if path.is_file():
        return file_digest(path)
    whole = hashlib.sha256()
    for child in sorted(path.rglob("*")):
        if child.is_file():
            whole.update(f"{child.relative_to(path).as_posix()}\0{file_digest(child)}\n".encode())
    return whole.hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
