"""The authors' two scored examples, read from their own file: no text of theirs is part of this project.

The file is Python; its lists of requests and answers are taken from its syntax tree, nothing of it is run.
"""

from __future__ import annotations

import ast
import os
import urllib.error
import urllib.request
from pathlib import Path

PATH = "examples/harmfulness_reward_model.py"
COMMIT = "04dee6ace9c6c3de6c49ef901c29e40579c26343"
ADDRESS = f"https://raw.githubusercontent.com/vinid/safety-tuned-llamas/{COMMIT}/{PATH}"
SECONDS = 30


class OutOfReachError(Exception):
    """What the test needs can't be had here."""


def source() -> str:
    """The file's text: from a folder in MIRROR, or from REPRO_EXAMPLES in place of GitHub's address."""
    for folder in os.environ.get("MIRROR", "").split(os.pathsep):
        path = Path(folder) / "safety-tuned-llamas" / PATH
        if folder and path.is_file():
            return path.read_text(encoding="utf-8")
    address = os.environ.get("REPRO_EXAMPLES") or ADDRESS
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            return answer.read().decode("utf-8")
    except (urllib.error.URLError, OSError) as error:
        raise OutOfReachError(f"{address} can't be reached ({error})") from error


def read(text: str) -> list[tuple[str, str]]:
    """Requests and answers, in their order."""
    lists: dict[str, list[str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in ("user_texts", "assistant_texts"):
                lists[name] = ast.literal_eval(node.value)
    return list(zip(lists["user_texts"], lists["assistant_texts"], strict=True))
