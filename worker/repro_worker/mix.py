"""A training mix: instruction rows read, turned into tokens, and split into training and validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from repro_worker.determinism import shuffled
from repro_worker.errors import WorkerError
from repro_worker.jsonl import read_rows
from repro_worker.params import Params
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import IGNORED, Example, encode_example

FIELDS = {"id": str, "instruction": str, "input": str, "output": str}


@dataclass(frozen=True)
class Mix:
    """Encoded rows; `truncated` counts rows that lost their end, `without_answer` those that lost all of it."""

    training: list[Example]
    validation: list[Example]
    truncated: int
    without_answer: int


def read_mix(path: Path, tokenizer: PreTrainedTokenizerBase, recipe: Params, seed: int) -> Mix:
    """Read and encode a mix; validation rows are drawn by the seed."""
    rows = read_rows(path, FIELDS, unique="id")
    cutoff = recipe.integer("cutoffTokens", least=2)
    examples = [
        encode_example(tokenizer, alpaca_prompt(row["instruction"], row["input"]), row["output"], cutoff)
        for row in rows
    ]
    on_prompt = recipe.flag("lossOnPrompt")
    usable = [example for example in examples if _has_labels(example, on_prompt)]
    truncated = sum(example.truncated for example in examples)
    training, validation = _split(usable, recipe.integer("validationRows"), seed)
    if not training:
        remedy = "Add rows to the mix, lower validationRows, or raise cutoffTokens."
        raise WorkerError("no row is left to train on", where=path.name, remedy=remedy)
    return Mix(training, validation, truncated, len(examples) - len(usable))


def _has_labels(example: Example, on_prompt: bool) -> bool:
    """Whether any label is left once each is shifted by one place."""
    return any(label != IGNORED for label in example.labels(on_prompt)[1:])


def _split(examples: list[Example], held_out: int, seed: int) -> tuple[list[Example], list[Example]]:
    chosen = set(shuffled(len(examples), seed, "validation")[:held_out])
    training = [example for number, example in enumerate(examples) if number not in chosen]
    return training, [examples[number] for number in sorted(chosen)]
