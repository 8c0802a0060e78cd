"""The worker's finetune task, from its folder to the written adapter, beside a plain loop over the same batches."""

from __future__ import annotations

import json
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from repro_worker import determinism
from repro_worker.batching import epoch_batches, micro_batches
from repro_worker.mix import read_mix
from repro_worker.models import load_base
from repro_worker.params import Params
from repro_worker.tokens import Example
from worker_bench.measure import Spent, compared, plainly, say, timed
from worker_bench.plain_training import load_plain, train
from worker_bench.roofline import Machine, training_seconds, weights_of
from worker_bench.table import Line
from worker_bench.work import RECIPE, Sizes, carry_out, lay_task

SEED = 1
WITHIN = 0.95
"""The goal: at least this share of the plain loop's tokens a second."""


def beside_plain_loop(folder: Path, model: Path, mix: Path, sizes: Sizes, machine: Machine) -> tuple[Line, Path]:
    """Both in turns; also gives the adapter that the worker wrote."""
    recipe = RECIPE | sizes.recipe
    base, tokenizer = load_base(model, "float32")
    examples, batches = _batches(mix, tokenizer, recipe)
    tokens = sum(len(example.ids) for example in examples)
    plain, ours, theirs = load_plain(model), [], []
    for turn in range(sizes.training_turns):
        say(f"training: turn {turn + 1} of {sizes.training_turns} …")
        determinism.start(SEED)
        with plainly():
            losses, spent = timed(lambda: train(plain, recipe, examples, batches, SEED))
        theirs.append(spent + Spent(amount=tokens))
        params = {"recipe": recipe, "dtype": "float32", "seed": SEED}
        outputs = {"adapter": "adapter", "report": "report.json"}
        task = lay_task(folder / "finetune", "finetune", params, {"model": model, "mix": mix}, outputs)
        _, spent = timed(lambda task=task: carry_out(task))
        ours.append(spent + Spent(amount=tokens))
    report = json.loads((task / "outputs/report.json").read_text(encoding="utf-8"))
    worst = max(abs(own - other) for (_, own), other in zip(report["lossByStep"], losses, strict=True))
    labels = sum(len(example.ids) - example.answer_start for example in examples)
    line = Line(
        work=f"training, LoRA r = {recipe['rank']}",
        beside="a plain PyTorch loop",
        unit="tokens/s",
        **compared(ours, theirs),
        goal=WITHIN,
        same=f"losses within {worst:.0e}",
        roofline=tokens / training_seconds(machine, weights_of(base), tokens, labels),
    )
    return line, task / "outputs/adapter"


def _batches(mix: Path, tokenizer: PreTrainedTokenizerBase, recipe: dict) -> tuple[list[Example], list[list[int]]]:
    """The worker's own batches, each in the order in which its rows are padded."""
    examples = read_mix(mix, tokenizer, Params(recipe), SEED).training
    lengths = [len(example.ids) for example in examples]
    size = recipe["batchSize"]
    batches = epoch_batches(lengths, size, SEED, 0, grouped=recipe["groupByLength"])
    return examples, [micro_batches(batch, lengths, size)[0] for batch in batches]
