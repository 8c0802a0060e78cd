"""finetune: trains a low-rank adapter on a mix of instruction rows and writes it with a report.

The base model is read only: the adapter is put on it, trained in float32, saved, and taken off again.
"""

from __future__ import annotations

import torch

from repro_worker import determinism
from repro_worker.checkpoint import CheckpointFile
from repro_worker.digests import path_digest, text_digest
from repro_worker.errors import WorkerError
from repro_worker.jsonl import write_json
from repro_worker.lora import fresh_adapter, lora_config, write_adapter
from repro_worker.machine import describe, versions
from repro_worker.mix import Mix, read_mix
from repro_worker.models import DTYPES, context_length, load_base
from repro_worker.progress import Progress
from repro_worker.task import Task
from repro_worker.training import History, Training


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Train, write the adapter and its report, and return the figures of this attempt."""
    seed = task.params.integer("seed")
    recipe = task.params.group("recipe")
    dtype = task.params.choice("dtype", tuple(DTYPES))
    model, tokenizer = load_base(task.input("model"), dtype)
    if recipe.integer("cutoffTokens") > context_length(model):
        raise recipe.error(
            "cutoffTokens", "is longer than the model's context", f"Use {context_length(model)} or less."
        )
    if recipe.flag("keepBest") and recipe.integer("validationRows") == 0:
        raise recipe.error("keepBest", "needs validation rows", "Set validationRows above 0, or keepBest to false.")
    mix = read_mix(task.input("mix"), tokenizer, recipe, seed)
    checkpoint = CheckpointFile(task.state, _work(task))
    determinism.start(seed)
    config = lora_config(recipe)
    with fresh_adapter(model, config) as adapted:
        training = Training(adapted, mix, recipe, seed, tokenizer.pad_token_id)
        rate = training.run(checkpoint, progress)
        weights = training.weights()
    _check(weights)
    write_adapter(task.output("adapter"), config, weights)
    write_json(task.output("report"), _report(training.history, mix))
    checkpoint.remove()
    return {
        "tokens": training.history.trained_tokens,
        "tokensPerSecond": round(rate, 2),
        "trainingRows": len(mix.training),
        "validationRows": len(mix.validation),
        "rowsWithoutAnswer": mix.without_answer,
    }


def _work(task: Task) -> str:
    """What makes a checkpoint this work's own: params, data, base model, packages and machine."""
    parts = [task.params.values, path_digest(task.input("mix")), path_digest(task.input("model"))]
    return text_digest(repr([parts, versions(), describe()]))


def _check(weights: dict[str, torch.Tensor]) -> None:
    for name, tensor in weights.items():
        if not torch.isfinite(tensor).all():
            remedy = "Lower recipe.learningRate, or use float32."
            raise WorkerError(f"the adapter's {name} is not finite", where="training", remedy=remedy)


def _report(history: History, mix: Mix) -> dict:
    return {
        "steps": history.step,
        "trainedTokens": history.trained_tokens,
        "truncatedRows": mix.truncated,
        "lossByStep": history.losses,
        "validationLossByStep": history.validation,
        "bestStep": history.best_step or None,
    }
