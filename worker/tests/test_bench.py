"""`make bench-worker` on tiny models: what it compares does the same work. Nothing is timed here."""

import re

from test_reward import encoder_folder

from worker_bench.bench import run
from worker_bench.roofline import Machine, Weights, generation_seconds
from worker_bench.work import Sizes

TINY = Sizes(
    prompts=6,
    new_tokens=6,
    turns=2,
    turn_prompts=3,
    beam_turns=1,
    adapters=1,
    grid_prompts=2,
    training_rows=12,
    training_turns=1,
    answers=20,
    scoring_turns=1,
    recipe={"cutoffTokens": 200},
)


def table_of(text):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:]}


def test_both_sides_of_each_comparison_do_the_same_work(tmp_path, capsys, tiny_model):
    models = (tiny_model, encoder_folder(tmp_path / "encoder"))
    run(tmp_path / "bench", ["training", "greedy", "beams", "scoring", "grid"], TINY, models)
    found = table_of(capsys.readouterr().out)
    assert found["greedy, float32"]["same"] == "6 of 6 answers"
    assert found["beams 4, float32"]["same"] == "3 of 3 answers"
    assert re.fullmatch(r"\d of 6 answers", found["greedy, bfloat16"]["same"])
    assert found["grid of 1 adapters, one warm worker"]["same"] == "1 of 1 answer files"
    apart = {name: float(row["same"].split()[2]) for name, row in found.items() if "within" in row["same"]}
    assert set(apart) == {"training, LoRA r = 4", "scoring, 20 answers"}
    assert all(value < 1e-4 for value in apart.values())
    assert all(row["roofline (share reached)"] for row in found.values())


def test_the_roofline_is_that_of_the_passes_that_were_made():
    weights = Weights(body=100, head=50, width=4)
    compute = Machine(operations=1.0, bandwidth=1e9)
    # two prompts of 3 and 5 tokens; the first answer has 2 tokens, the second 1: one further pass of one row
    assert generation_seconds(compute, weights, [[(3, 2), (5, 1)]], 1) == 2 * 100 * 8 + 2 * 50 * 2 + 2 * 150
    assert generation_seconds(compute, weights, [[(3, 2), (5, 1)]], 4) == 2 * 100 * 8 + 2 * 50 * 2 + 2 * 150 * 4
    memory = Machine(operations=1e9, bandwidth=1.0)
    assert generation_seconds(memory, weights, [[(3, 2), (5, 1)]], 4) == 2 * 150 * 4
