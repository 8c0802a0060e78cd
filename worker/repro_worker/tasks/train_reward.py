"""train-reward: learns a score of answers, from ratings or from compared answers, and reports it on held-out prompts.

Of two compared answers the rejected one scores higher where the score is harm, the chosen one where it is help.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from transformers import PreTrainedTokenizerBase

from repro_worker import determinism
from repro_worker.jsonl import Row, write_json
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_data import answers_of, read_pairs, split_by_prompt
from repro_worker.reward_model import RewardModel, from_encoder, position_limit, score
from repro_worker.reward_report import preference_report, regression_report
from repro_worker.reward_scratch import build
from repro_worker.reward_text import Encoded, encode_text
from repro_worker.reward_training import RewardTraining
from repro_worker.task import Task
from repro_worker.template import conversation

SCORING_BATCH = 32

Text = Callable[[str, str], str]
READS: dict[str, Text] = {"conversation": conversation, "answer": lambda _request, answer: answer}
"""What the model reads of a request and its answer."""


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Train, write the model and its report."""
    seed = task.params.integer("seed")
    objective = task.params.choice("objective", ("regression", "preference"))
    higher = task.params.choice("higher", ("rejected", "chosen"), "rejected")
    text = READS[task.params.choice("reads", tuple(READS), "conversation")]
    share = task.params.number("heldOutShare")
    if share > 0.9:
        raise task.params.error("heldOutShare", f"is {share}", "Use a share between 0 and 0.9.")
    rows = read_pairs(task.input("pairs"), objective)
    training, held_out = split_by_prompt(rows, share, seed)
    determinism.start(seed)
    model, tokenizer = _start(task, training, text)
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    encoded = [_encode(tokenizer, row, text, limit) for row in training]
    targets = [float(row["rating"]) for row in training] if objective == "regression" else []
    ids = [[one.ids for one in row] for row in encoded]
    trainer = RewardTraining(model.to(device()), ids, targets, tokenizer.pad_token_id, chosen_higher=higher == "chosen")
    started = time.monotonic()
    tokens = trainer.run(task.params, progress)
    rate = tokens / (time.monotonic() - started)
    tested = [_encode(tokenizer, row, text, limit) for row in held_out]
    scores = score(model, [one.ids for row in tested for one in row], SCORING_BATCH, tokenizer.pad_token_id)
    report = _report(objective, training, held_out, scores, higher)
    report["truncatedPairs"] = sum(any(one.truncated for one in row) for row in [*encoded, *tested])
    model.save(task.output("reward"))
    tokenizer.save_pretrained(task.output("reward"))
    write_json(task.output("report"), report)
    return {"tokens": tokens, "tokensPerSecond": round(rate, 2)}


def _start(task: Task, training: list[Row], text: Text) -> tuple[RewardModel, PreTrainedTokenizerBase]:
    architecture = task.params.group("architecture")
    if architecture.choice("kind", ("scratch", "pretrained")) == "pretrained":
        return from_encoder(task.input("model"))
    texts = [text(row["prompt"], answer) for row in training for answer in answers_of(row)]
    return build(architecture, texts, task.params.integer("maxTokens"))


def _encode(tokenizer: PreTrainedTokenizerBase, row: Row, text: Text, limit: int) -> list[Encoded]:
    return [encode_text(tokenizer, text(row["prompt"], answer), limit) for answer in answers_of(row)]


def _report(objective: str, training: list[Row], held_out: list[Row], scores: list[float], higher: str) -> dict:
    if objective == "regression":
        return regression_report(training, held_out, scores)
    sign = 1 if higher == "rejected" else -1
    margins = [sign * (rejected - chosen) for chosen, rejected in zip(scores[0::2], scores[1::2], strict=True)]
    return preference_report(training, held_out, margins)
