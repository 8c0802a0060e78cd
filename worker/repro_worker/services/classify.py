"""A reward model that was trained on ratings between 0 and 1, offered as text classification with two labels.

A text's score is cut to [0, 1]; the other label gets what is left of 1.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from repro_worker import quiet  # noqa: F401 - settings before libraries

# isort: split
from repro_worker import determinism
from repro_worker.params import Params
from repro_worker.reward_model import load_reward, position_limit, score
from repro_worker.reward_text import encode
from repro_worker.services.http import RequestError, Route, serve

MOST_TEXTS = 64


def main() -> int:
    """Serve the model in the input "model"."""
    return serve(_load)


def _load(inputs: dict[str, Path], params: Params) -> dict[str, Route]:
    determinism.start(0)
    model, tokenizer = load_reward(inputs["model"])
    limit = position_limit(model, params.integer("maxTokens", least=4))
    labels = params.text("label"), params.text("otherLabel")

    def classify(request: dict[str, Any]) -> list[list[dict[str, Any]]]:
        given = request.get("inputs")
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not 0 < len(texts) <= MOST_TEXTS:
            raise RequestError(f"inputs is no text and no list of up to {MOST_TEXTS} texts")
        if not all(isinstance(text, str) for text in texts):
            raise RequestError("inputs holds something that is no text")
        rows = [encode(tokenizer, "", text, limit, "answer").ids for text in texts]
        return [_labelled(value, labels) for value in score(model, rows, len(rows), tokenizer.pad_token_id)]

    return {"/": classify}


def _labelled(value: float, labels: tuple[str, str]) -> list[dict[str, Any]]:
    share = round(min(1.0, max(0.0, value)), 6)
    both = [{"label": labels[0], "score": share}, {"label": labels[1], "score": round(1 - share, 6)}]
    return sorted(both, key=lambda one: -one["score"])


if __name__ == "__main__":
    sys.exit(main())
