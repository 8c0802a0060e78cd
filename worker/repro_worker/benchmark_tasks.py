"""Benchmark tasks for lm-evaluation-harness on local files, in the wording of its official ones.

They stand here as Python values and are rendered as YAML into a task's own folder, with the data file's absolute
path: so they count as code of the benchmark stage, and a change of a prompt is a change of the work. Names start with
`repro_`, because another data set under an official name would be taken for the official score.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from repro_worker.digests import text_digest

_ACCURACY = [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}]
_BOTH = [*_ACCURACY, {"metric": "acc_norm", "aggregation": "mean", "higher_is_better": True}]
_BASE = {"output_type": "multiple_choice", "test_split": "validation", "metadata": {"version": 1.0}}

DEFINITIONS: dict[str, dict[str, Any]] = {
    "boolq": _BASE
    | {
        "doc_to_text": "{{passage}}\nQuestion: {{question}}?\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": ["no", "yes"],
        "metric_list": _ACCURACY,
    },
    "boolqClosedBook": _BASE
    | {
        "doc_to_text": "Question: {{question}}?\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": ["no", "yes"],
        "metric_list": _ACCURACY,
    },
    "piqa": _BASE
    | {
        "doc_to_text": "Question: {{goal}}\nAnswer:",
        "doc_to_target": "label",
        "doc_to_choice": "{{[sol1, sol2]}}",
        "metric_list": _BOTH,
    },
    "openbookqa": _BASE
    | {
        "doc_to_text": "question_stem",
        "doc_to_target": "{{choices.label.index(answerKey.lstrip())}}",
        "doc_to_choice": "{{choices.text}}",
        "metric_list": _BOTH,
    },
}

FIELDS: dict[str, dict[str, type]] = {
    "boolq": {"passage": str, "question": str, "label": int},
    "boolqClosedBook": {"question": str, "label": int},
    "piqa": {"goal": str, "sol1": str, "sol2": str, "label": int},
    "openbookqa": {"question_stem": str, "choices": dict, "answerKey": str},
}

NAMES = {
    "boolq": "repro_boolq",
    "boolqClosedBook": "repro_boolq_closed_book",
    "piqa": "repro_piqa",
    "openbookqa": "repro_openbookqa",
}


def definition_hash(key: str) -> str:
    """SHA-256 of a task's wording, without the place of its data."""
    return text_digest(json.dumps(DEFINITIONS[key], sort_keys=True))


def render(key: str, data: Path, cache: Path, folder: Path) -> str:
    """Write the task as YAML into `folder`; returns its name in the harness.

    Examples for few-shot prompts come from the items themselves; only where `fewshot_split` says so does the harness
    leave out the item that is asked.
    """
    kwargs = {"data_files": {"validation": str(data)}, "cache_dir": str(cache)}
    task = {"task": NAMES[key], "dataset_path": "json", "dataset_kwargs": kwargs}
    task |= {"fewshot_split": DEFINITIONS[key]["test_split"], **DEFINITIONS[key]}
    text = yaml.safe_dump(task, sort_keys=False, allow_unicode=True)
    (folder / f"{NAMES[key]}.yaml").write_text(text, encoding="utf-8")
    return NAMES[key]
