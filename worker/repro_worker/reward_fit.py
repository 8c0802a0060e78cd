"""Fits a reward model to pairs and scores pairs with one: shared by the tasks that train, check and cross-validate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from repro_worker import determinism
from repro_worker.jsonl import Row
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_data import answers_of
from repro_worker.reward_model import from_encoder, position_limit, score
from repro_worker.reward_report import preference_report, regression_report
from repro_worker.reward_scratch import build
from repro_worker.reward_text import READS, Encoded, encode
from repro_worker.reward_training import RewardTraining
from repro_worker.task import Task

SCORING_BATCH = 32


@dataclass(frozen=True)
class Scorer:
    """A reward model with all that turns rows into its scores."""

    model: torch.nn.Module
    tokenizer: PreTrainedTokenizerBase
    reads: str
    limit: int
    """Tokens from which a text is cut."""

    def encode(self, row: Row) -> list[Encoded]:
        """The answers of a row as token ids."""
        texts = answers_of(row)
        return [encode(self.tokenizer, row["prompt"], answer, self.limit, self.reads) for answer in texts]

    def scores(self, rows: list[list[Encoded]], report: Callable[[int], None] | None = None) -> list[float]:
        """A score for each answer of each row, in their order."""
        ids = [one.ids for row in rows for one in row]
        values: list[float] = []
        for at in range(0, len(ids), SCORING_BATCH * 8):
            part = ids[at : at + SCORING_BATCH * 8]
            values += score(self.model, part, SCORING_BATCH, self.tokenizer.pad_token_id)
            if report is not None:
                report(len(values))
        return values


@dataclass(frozen=True)
class Fitted:
    """A model that was trained, and what it read."""

    scorer: Scorer
    rows: list[list[Encoded]]
    tokens: int


def fit(task: Task, training: list[Row], objective: str, progress: Progress) -> Fitted:
    """Train as the task's params say, from a state that depends on the seed alone."""
    params = task.params
    reads = params.choice("reads", ("conversation", "answer"), "conversation")
    higher = params.choice("higher", ("rejected", "chosen"), "rejected")
    determinism.start(params.integer("seed"))
    model, tokenizer = _start(task, training, reads)
    limit = position_limit(model, params.integer("maxTokens", least=4))
    scorer = Scorer(model.to(device()), tokenizer, reads, limit)
    rows = [scorer.encode(row) for row in training]
    targets = [float(row["rating"]) for row in training] if objective == "regression" else []
    ids = [[one.ids for one in row] for row in rows]
    trainer = RewardTraining(model, ids, targets, tokenizer.pad_token_id, chosen_higher=higher == "chosen")
    return Fitted(scorer, rows, trainer.run(params, progress))


def _start(task: Task, training: list[Row], reads: str) -> tuple[torch.nn.Module, PreTrainedTokenizerBase]:
    architecture = task.params.group("architecture")
    if architecture.choice("kind", ("scratch", "pretrained")) == "pretrained":
        return from_encoder(task.input("model"))
    texts = [READS[reads](row["prompt"], answer)[0] for row in training for answer in answers_of(row)]
    return build(architecture, texts, task.params.integer("maxTokens"))


def margins(scores: list[float], higher: str = "rejected") -> list[float]:
    """For scores of (chosen, rejected) in turn: by how much the one that should be higher is."""
    sign = 1 if higher == "rejected" else -1
    return [sign * (rejected - chosen) for chosen, rejected in zip(scores[0::2], scores[1::2], strict=True)]


def report_of(
    objective: str, training: list[Row], held_out: list[Row], scores: list[float], higher: str
) -> dict[str, Any]:
    """How good the scores of held-out rows are."""
    if objective == "regression":
        return regression_report(training, held_out, scores)
    return preference_report(training, held_out, margins(scores, higher))


def truncated(rows: list[list[Encoded]]) -> int:
    """Rows of which an answer was cut."""
    return sum(any(one.truncated for one in row) for row in rows)
