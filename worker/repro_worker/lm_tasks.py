"""lm-evaluation-harness's task definitions for local items: the official forms, under names of our own.

BoolQ, PIQA and OpenBookQA are asked as the harness asks them (its boolq, piqa and openbookqa tasks); only the place
of the items differs. BoolQ without passages is another task and has another name.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

VERSION = "1.0"

_ACCURACY = {"metric": "acc", "aggregation": "mean", "higher_is_better": True}
_NORMALISED = {"metric": "acc_norm", "aggregation": "mean", "higher_is_better": True}

FORMS: dict[str, dict[str, Any]] = {
    "boolq": {
        "doc_to_text": "{{passage}}\nQuestion: {{question}}?\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": ["no", "yes"],
        "metric_list": [_ACCURACY],
    },
    "boolq_closed_book": {
        "doc_to_text": "Question: {{question}}?\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": ["no", "yes"],
        "metric_list": [_ACCURACY],
    },
    "piqa": {
        "doc_to_text": "Question: {{goal}}\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": "{{[sol1, sol2]}}",
        "metric_list": [_ACCURACY, _NORMALISED],
    },
    "openbookqa": {
        "doc_to_text": "question_stem",
        "doc_to_target": "{{choices.label.index(answerKey.lstrip())}}",
        "doc_to_choice": "{{choices.text}}",
        "metric_list": [_ACCURACY, _NORMALISED],
    },
}
"""What counts of each task: how an item is asked, what is right, what is measured."""


def task_hash(name: str) -> str:
    """A short digest of a task's form: scores with the same hash were asked the same way."""
    return hashlib.sha256(json.dumps([VERSION, FORMS[name]], sort_keys=True).encode()).hexdigest()[:12]


def write_task(name: str, items: Path, folder: Path) -> str:
    """Write the task's YAML into `folder`; returns the name to ask for. (JSON is YAML.)"""
    form = {
        "task": f"repro_{name}",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"validation": str(items)}},
        "validation_split": "validation",
        "output_type": "multiple_choice",
        "metadata": {"version": VERSION},
        **FORMS[name],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"repro_{name}.yaml").write_text(json.dumps(form, indent=1), encoding="utf-8")
    return form["task"]
