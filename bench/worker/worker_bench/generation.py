"""Generation beside the authors' way. In turns: a few of the prompts the authors' way, one after another, then all of
them ours in one batch, so that both see the machine's moods. Rates are compared, and the answers to the prompts that
were answered both ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from repro_worker.batching import by_length
from repro_worker.decoding import shared_prefix
from repro_worker.models import load_base
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import prompt_ids
from worker_bench.authors import AuthorsWay, PlainAnswer
from worker_bench.measure import Spent, plainly, say, timed
from worker_bench.roofline import Machine, generation_seconds, weights_of
from worker_bench.table import Line
from worker_bench.work import Sizes, carry_out, lay_task, rows_of

BATCH = 96
"""Rows of a batch; a model this small answers so many at once on any machine."""


@dataclass(frozen=True)
class Case:
    """A way of decoding, in one dtype, with what it should reach beside the authors' way in float32."""

    name: str
    beams: int
    dtype: str
    goal: float | None


@dataclass
class Authors:
    """The authors' answers by the prompts' places, and what they took."""

    answers: dict[int, PlainAnswer]
    spent: Spent


class Generation:
    """Answers the same prompts both ways, with one model and one adapter."""

    def __init__(self, folder: Path, model: Path, adapter: Path, prompts: Path, sizes: Sizes) -> None:
        self.folder, self.model, self.adapter, self.prompts, self.sizes = folder, model, adapter, prompts, sizes
        self.rows = rows_of(prompts)

    def beside_authors(self, case: Case, turns: int, machine: Machine) -> tuple[Line, Authors]:
        """Both ways in turns, in float32."""
        authors = AuthorsWay(self.model, self.adapter, case.dtype)
        self._ours(case, 1)
        found, ours = Authors({}, Spent()), Spent()
        for turn in range(turns):
            say(f"{case.name}: turn {turn + 1} of {turns} …")
            places = self._places(turn, turns)
            answers, spent = timed(lambda places=places: self._theirs(authors, case, places))
            spent.amount = sum(answer.tokens for answer in answers)
            found.answers |= dict(zip(places, answers, strict=True))
            found.spent += spent
            answered, spent = timed(lambda: self._ours(case))
            spent.amount = _produced(answered)
            ours += spent
        return self._line(case, answered, ours, found, machine), found

    def beside_known(self, case: Case, turns: int, machine: Machine, known: Authors) -> Line:
        """Our way alone, beside the authors' way as it was measured before."""
        self._ours(case, 1)
        ours = Spent()
        for turn in range(turns):
            say(f"{case.name}: turn {turn + 1} of {turns} …")
            answered, spent = timed(lambda: self._ours(case))
            spent.amount = _produced(answered)
            ours += spent
        return self._line(case, answered, ours, known, machine)

    def _places(self, turn: int, turns: int) -> list[int]:
        """Prompts that a turn answers the authors' way: others in each turn, spread over all."""
        count = min(len(self.rows), turns * self.sizes.turn_prompts)
        return [place * len(self.rows) // count for place in range(turn, count, turns)]

    def _theirs(self, authors: AuthorsWay, case: Case, places: list[int]) -> list[PlainAnswer]:
        with plainly():
            return [authors.answer(self.rows[place]["prompt"], case.beams, self.sizes.new_tokens) for place in places]

    def _ours(self, case: Case, new_tokens: int | None = None) -> list[dict[str, Any]]:
        """Answer all prompts; with one new token it loads the model beforehand, as a warm worker has."""
        strategy = "greedy" if case.beams == 1 else "beam"
        decoding = {"strategy": strategy, "beams": case.beams, "maxNewTokens": new_tokens or self.sizes.new_tokens}
        params = {"decoding": decoding, "batchSize": BATCH, "dtype": case.dtype}
        inputs = {"model": self.model, "adapter": self.adapter, "prompts": self.prompts}
        task = lay_task(self.folder / "generate", "generate", params, inputs, {"answers": "answers.jsonl"})
        carry_out(task)
        return rows_of(task / "outputs/answers.jsonl")

    def _line(self, case: Case, answered: list[dict[str, Any]], ours: Spent, theirs: Authors, machine: Machine) -> Line:
        same = sum(answered[place]["answer"] == answer.text for place, answer in theirs.answers.items())
        least = generation_seconds(machine, weights_of(self._base(case)), self._batches(case, answered), case.beams)
        return Line(
            work=case.name,
            beside="the authors' way, float32",
            unit="tokens/s",
            ours=ours.rate,
            theirs=theirs.spent.rate,
            ratio=ours.rate / theirs.spent.rate,
            cpu_ratio=ours.cpu_rate / theirs.spent.cpu_rate,
            goal=case.goal,
            same=f"{same} of {len(theirs.answers)} answers",
            roofline=_produced(answered) / least,
        )

    def _base(self, case: Case) -> torch.nn.Module:
        return load_base(self.model, case.dtype)[0]

    def _batches(self, case: Case, answered: list[dict[str, Any]]) -> list[list[tuple[int, int]]]:
        """Prompt tokens (the shared opening counts once, with the first batch's first row) and produced tokens."""
        _, tokenizer = load_base(self.model, case.dtype)
        prompts = [prompt_ids(tokenizer, alpaca_prompt(row["prompt"])) for row in self.rows]
        opening = len(shared_prefix(prompts))
        lengths = [len(prompt) - opening for prompt in prompts]
        batches = by_length([len(prompt) for prompt in prompts], BATCH)
        cells = [[(lengths[row], _tokens(answered[row])) for row in batch] for batch in batches]
        first, *rest = cells[0]
        cells[0] = [(first[0] + opening, first[1]), *rest]
        return cells


def _tokens(row: dict[str, Any]) -> int:
    """Tokens that were produced for an answer, the end token too."""
    return row["tokens"] + row["finished"]


def _produced(rows: list[dict[str, Any]]) -> int:
    return sum(_tokens(row) for row in rows)
