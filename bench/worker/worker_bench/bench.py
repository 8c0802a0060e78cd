"""All comparisons, one after another, on the small models."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from repro_worker import quiet  # noqa: F401 - settings before libraries

# isort: split
import torch

from repro_worker import determinism
from worker_bench import grid, scoring, training
from worker_bench.generation import Case, Generation
from worker_bench.measure import say
from worker_bench.roofline import Machine, measure_machine
from worker_bench.table import Line, head
from worker_bench.work import Sizes, import_model, write_answers, write_mix, write_prompts

GREEDY = Case("greedy, float32", 1, "float32", 8.0)
HALF = Case("greedy, bfloat16", 1, "bfloat16", 13.0)
BEAMS = Case("beams 4, float32", 4, "float32", 4.0)


@dataclass(frozen=True)
class Bench:
    """What all parts share."""

    folder: Path
    model: Path
    encoder: Path
    adapter: Path
    sizes: Sizes
    machine: Machine
    half: Machine

    def generation(self) -> Generation:
        """Both ways of answering the bench's prompts."""
        prompts = self.folder / "prompts.jsonl"
        write_prompts(prompts, self.sizes.prompts)
        return Generation(self.folder, self.model, self.adapter, prompts, self.sizes)


def _greedy(bench: Bench) -> list[Line]:
    generation, turns = bench.generation(), bench.sizes.turns
    line, authors = generation.beside_authors(GREEDY, turns, bench.machine)
    return [line, generation.beside_known(HALF, turns, bench.half, authors)]


def _beams(bench: Bench) -> list[Line]:
    return [bench.generation().beside_authors(BEAMS, bench.sizes.beam_turns, bench.machine)[0]]


def _scoring(bench: Bench) -> list[Line]:
    answers = write_answers(bench.folder / "answers.jsonl", bench.sizes.answers)
    return [scoring.beside_ideal(bench.folder, bench.encoder, answers, bench.sizes, bench.machine)]


def _grid(bench: Bench) -> list[Line]:
    prompts = bench.folder / "grid-prompts.jsonl"
    write_prompts(prompts, bench.sizes.grid_prompts)
    return [grid.beside_processes(bench.folder, bench.model, bench.adapter, prompts, bench.sizes)]


PARTS: dict[str, Callable[[Bench], list[Line]] | None] = {
    "training": None,
    "greedy": _greedy,
    "beams": _beams,
    "scoring": _scoring,
    "grid": _grid,
}
"""The parts by name. Training is always done: its adapter is what the others use."""


def run(
    folder: Path, wanted: list[str], sizes: Sizes | None = None, models: tuple[Path, Path] | None = None
) -> list[str]:
    """Measure, print the table, and return the works that miss their goal. `models`: a causal model and an encoder."""
    sizes, folder = sizes or Sizes(), folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    determinism.start(0)
    if models is None:
        say("models …")
        models = import_model(folder / "causal", "causal-lm"), import_model(folder / "encoder", "encoder")
    say("roofline …")
    machine, half = measure_machine(torch.float32), measure_machine(torch.bfloat16)
    print(f"{describe(machine, half)}\n\n{head()}", flush=True)
    mix = folder / "mix.jsonl"
    write_mix(mix, sizes.training_rows)
    line, adapter = training.beside_plain_loop(folder, models[0], mix, sizes, machine)
    bench = Bench(folder, *models, adapter, sizes, machine, half)
    lines = []
    for name in wanted:
        part = PARTS[name]
        for found in [line] if part is None else part(bench):
            print(found.markdown(), flush=True)
            lines.append(found)
    return [line.work for line in lines if not line.met]


def describe(machine: Machine, half: Machine) -> str:
    """The machine, and what it can do at best."""
    names = [line.split(":", 1)[1].strip() for line in _cpu_lines() if line.startswith("model name")]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}), load at the start {load}; matrix "
        f"products {machine.operations / 1e9:.0f} GFLOP/s in float32, {half.operations / 1e9:.0f} in bfloat16; reads "
        f"{machine.bandwidth / 1e9:.0f} GB/s"
    )


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
