"""Scoring beside what padding allows: the same number of tokens in batches of as many rows, all of the answers' mean
length, so that nothing is padded, sorted or put back in order.
"""

from __future__ import annotations

from pathlib import Path

import torch

from repro_worker import determinism
from repro_worker.reward_model import from_encoder, load_reward, position_limit, score
from repro_worker.reward_text import encode
from worker_bench.measure import Spent, compared, plainly, say, timed
from worker_bench.roofline import Machine
from worker_bench.table import Line
from worker_bench.work import Sizes

BATCH = 32
MAX_TOKENS = 192
GOAL = 0.8


def beside_ideal(folder: Path, encoder: Path, answers: list[dict], sizes: Sizes, machine: Machine) -> Line:
    """Both in turns, and each answer's score beside that of the answer alone."""
    determinism.start(1)
    fresh, tokenizer = from_encoder(encoder)
    fresh.save(folder / "reward")
    tokenizer.save_pretrained(folder / "reward")
    model, tokenizer = load_reward(folder / "reward")
    limit = position_limit(model, MAX_TOKENS)
    rows = [encode(tokenizer, row["prompt"], row["answer"], limit).ids for row in answers]
    tokens, filler = sum(map(len, rows)), tokenizer.pad_token_id
    ideal = _without_padding(rows)
    score(model, rows[:BATCH], BATCH, filler)
    ours, theirs = [], []
    for turn in range(sizes.scoring_turns):
        say(f"scoring: turn {turn + 1} of {sizes.scoring_turns} …")
        with plainly():
            _, spent = timed(lambda: _forward(model, ideal))
        theirs.append(spent + Spent(amount=sum(batch.numel() for batch in ideal)))
        scores, spent = timed(lambda: score(model, rows, BATCH, filler))
        ours.append(spent + Spent(amount=tokens))
    alone = score(model, rows, 1, filler)
    worst = max(abs(one - other) for one, other in zip(scores, alone, strict=True))
    matrices = sum(one.numel() for one in model.encoder.encoder.parameters() if one.dim() == 2)
    return Line(
        work=f"scoring, {len(rows)} answers",
        beside="as many tokens without padding",
        unit="tokens/s",
        **compared(ours, theirs),
        goal=GOAL,
        same=f"scores within {worst:.0e} of those alone",
        roofline=machine.operations / (2 * matrices),
    )


def _without_padding(rows: list[list[int]]) -> list[torch.Tensor]:
    """Batches of rows of the mean length that hold about as many tokens as `rows`."""
    tokens = [token for row in rows for token in row]
    length = round(len(tokens) / len(rows))
    whole = torch.tensor(tokens[: len(tokens) // length * length]).reshape(-1, length)
    return list(whole.split(BATCH))


@torch.inference_mode()
def _forward(model: torch.nn.Module, batches: list[torch.Tensor]) -> None:
    for ids in batches:
        model(ids, torch.ones_like(ids))
