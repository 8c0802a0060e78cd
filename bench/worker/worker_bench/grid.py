"""A grid of adapters on one base model: one warm worker that swaps adapters, beside a process for each adapter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

import repro_worker
from worker_bench.measure import Spent, say, timed
from worker_bench.table import Line
from worker_bench.work import Sizes, lay_task, result_of, rows_of

NEW_TOKENS = 16


def beside_processes(folder: Path, model: Path, adapter: Path, prompts: Path, sizes: Sizes) -> Line:
    """Both once, on the same tasks."""
    adapters = [_variant(adapter, folder / f"adapter-{number}", number) for number in range(sizes.adapters)]
    say(f"grid: {len(adapters)} processes …")
    cold = [_task(folder / f"cold-{number}", model, one, prompts) for number, one in enumerate(adapters)]
    _, apart = timed(lambda: [_python("repro_worker.run", str(task)) for task in cold])
    say("grid: one warm worker …")
    warm = [_task(folder / f"warm-{number}", model, one, prompts) for number, one in enumerate(adapters)]
    lines = "".join(json.dumps({"id": task.name, "folder": str(task)}) + "\n" for task in warm)
    _, shared = timed(lambda: _python("repro_worker.serve", given=lines))
    same = sum(_answers(one) == _answers(other) for one, other in zip(cold, warm, strict=True))
    apart, shared = (one + Spent(amount=60 * len(adapters)) for one in (apart, shared))
    return Line(
        work=f"grid of {len(adapters)} adapters, one warm worker",
        beside="a process for each",
        unit="adapters/min",
        ours=shared.rate,
        theirs=apart.rate,
        ratio=shared.rate / apart.rate,
        cpu_ratio=shared.cpu_rate / apart.cpu_rate,
        goal=None,
        same=f"{same} of {len(adapters)} answer files",
    )


def _variant(adapter: Path, folder: Path, number: int) -> Path:
    """The same adapter, weakened by a tenth for each number, so that each answers otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())
    weights = load_file(adapter / "adapter_model.safetensors")
    scaled = {name: tensor * (1 - 0.1 * number) if "lora_B" in name else tensor for name, tensor in weights.items()}
    save_file(scaled, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    return folder


def _task(folder: Path, model: Path, adapter: Path, prompts: Path) -> Path:
    decoding = {"strategy": "greedy", "beams": 1, "maxNewTokens": NEW_TOKENS}
    params = {"decoding": decoding, "batchSize": 48, "dtype": "float32"}
    inputs = {"model": model, "adapter": adapter, "prompts": prompts}
    return lay_task(folder.absolute(), "generate", params, inputs, {"answers": "answers.jsonl"})


def _python(*command: str, given: str = "") -> None:
    source = str(Path(repro_worker.__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, "-m", *command], input=given, text=True, env=environment, stdout=subprocess.DEVNULL, check=True
    )


def _answers(task: Path) -> list[dict]:
    result_of(task)
    return rows_of(task / "outputs/answers.jsonl")
