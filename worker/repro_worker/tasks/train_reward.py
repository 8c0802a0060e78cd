"""train-reward: learns a harm score of answers, from ratings or from compared answers, and reports it on held-out
prompts.
"""

from __future__ import annotations

import time

from transformers import PreTrainedTokenizerBase

from repro_worker import determinism
from repro_worker.jsonl import Row, write_json
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_data import answers_of, read_pairs, split_by_prompt
from repro_worker.reward_model import RewardModel, from_encoder, position_limit, score
from repro_worker.reward_report import preference_report, regression_report
from repro_worker.reward_scratch import build
from repro_worker.reward_text import Encoded, encode
from repro_worker.reward_training import RewardTraining
from repro_worker.task import Task
from repro_worker.template import conversation

SCORING_BATCH = 32


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Train, write the model and its report."""
    seed = task.params.integer("seed")
    objective = task.params.choice("objective", ("regression", "preference"))
    share = task.params.number("heldOutShare")
    if share > 0.9:
        raise task.params.error("heldOutShare", f"is {share}", "Use a share between 0 and 0.9.")
    rows = read_pairs(task.input("pairs"), objective)
    training, held_out = split_by_prompt(rows, share, seed)
    determinism.start(seed)
    model, tokenizer = _start(task, training)
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    encoded = [_encode(tokenizer, row, limit) for row in training]
    targets = [float(row["rating"]) for row in training] if objective == "regression" else []
    trainer = RewardTraining(
        model.to(device()), [[one.ids for one in row] for row in encoded], targets, tokenizer.pad_token_id
    )
    started = time.monotonic()
    tokens = trainer.run(task.params, progress)
    rate = tokens / (time.monotonic() - started)
    tested = [_encode(tokenizer, row, limit) for row in held_out]
    report = _report(objective, training, held_out, model, tested, tokenizer.pad_token_id)
    report["truncatedPairs"] = sum(any(one.truncated for one in row) for row in [*encoded, *tested])
    model.save(task.output("reward"))
    tokenizer.save_pretrained(task.output("reward"))
    write_json(task.output("report"), report)
    return {"tokens": tokens, "tokensPerSecond": round(rate, 2)}


def _start(task: Task, training: list[Row]) -> tuple[RewardModel, PreTrainedTokenizerBase]:
    architecture = task.params.group("architecture")
    if architecture.choice("kind", ("scratch", "pretrained")) == "pretrained":
        return from_encoder(task.input("model"))
    texts = [conversation(row["prompt"], answer) for row in training for answer in answers_of(row)]
    return build(architecture, texts, task.params.integer("maxTokens"))


def _encode(tokenizer: PreTrainedTokenizerBase, row: Row, limit: int) -> list[Encoded]:
    return [encode(tokenizer, row["prompt"], answer, limit) for answer in answers_of(row)]


def _report(
    objective: str, training: list[Row], held_out: list[Row], model: RewardModel, tested: list, filler: int
) -> dict:
    scores = score(model, [one.ids for row in tested for one in row], SCORING_BATCH, filler)
    if objective == "regression":
        return regression_report(training, held_out, scores)
    margins = [rejected - chosen for chosen, rejected in zip(scores[0::2], scores[1::2], strict=True)]
    return preference_report(training, held_out, margins)
