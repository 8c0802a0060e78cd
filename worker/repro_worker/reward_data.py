"""Rated or compared answers for a reward model, split so that no prompt is on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from repro_worker.determinism import shuffled
from repro_worker.errors import WorkerError
from repro_worker.jsonl import Row, read_rows

FIELDS = {
    "regression": {"id": str, "prompt": str, "answer": str, "rating": (int, float)},
    "preference": {"id": str, "prompt": str, "chosen": str, "rejected": str},
}


def read_pairs(path: Path, objective: str) -> list[Row]:
    """The rows of a rated or compared set."""
    rows = read_rows(path, FIELDS[objective], unique="id")
    if not rows:
        raise WorkerError("there are no rows", where=path.name, remedy="Give rated or compared answers.")
    return rows


def folds_by_prompt(rows: list[Row], count: int, seed: int) -> Iterator[tuple[list[Row], list[Row]]]:
    """`count` times training rows and held-out rows; each row is held out once, together with all of its prompt's."""
    prompts = sorted({row["prompt"] for row in rows})
    if len(prompts) < count:
        remedy = "Lower folds or give more prompts."
        raise WorkerError(f"{len(prompts)} prompts can't make {count} folds", where="params.folds", remedy=remedy)
    order = shuffled(len(prompts), seed, "folds")
    fold = {prompts[place]: at % count for at, place in enumerate(order)}
    for number in range(count):
        training = [row for row in rows if fold[row["prompt"]] != number]
        yield training, [row for row in rows if fold[row["prompt"]] == number]


def answers_of(row: Row) -> list[str]:
    """The answers of a row: the rated one, or the preferred and the rejected one."""
    return [row["answer"]] if "answer" in row else [row["chosen"], row["rejected"]]


def split_by_prompt(rows: list[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Training rows and held-out rows: about `share` of the prompts, with all their answers."""
    prompts = sorted({row["prompt"] for row in rows})
    count = round(len(prompts) * share)
    held_out = {prompts[place] for place in shuffled(len(prompts), seed, "held-out")[:count]}
    training = [row for row in rows if row["prompt"] not in held_out]
    if not training:
        remedy = "Lower heldOutShare or give more prompts."
        raise WorkerError("no row is left to train on", where="params.heldOutShare", remedy=remedy)
    return training, [row for row in rows if row["prompt"] in held_out]
