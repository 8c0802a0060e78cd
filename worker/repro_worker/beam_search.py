"""Beam search over a batch of prompts, by the rules of transformers' `generate` (no early stopping, a length penalty of
1), which a test holds it to. Each prompt is read once for all its beams, and one that is decided leaves the batch.

For each prompt the `beams` best continuations run on; candidates that end are kept if they rank among the first
`beams`, with their mean log-probability as score. A prompt is decided when `beams` have ended and the best that runs,
by its mean so far, is no better than the worst of them.
"""

from __future__ import annotations

import torch

from repro_worker.stepper import Stepper, closed_up

NEVER = -1.0e9
"""A score below all others, as in transformers."""


class Beams:
    """The running and the ended hypotheses of prompts; first dimension: prompts still under way."""

    def __init__(self, prompts: int, beams: int, limit: int, ends: set[int], target: torch.device) -> None:
        self.beams, self.limit, self.length = beams, limit, 0
        self.kept = max(2, 1 + len(ends)) * beams
        self.ends = torch.tensor(sorted(ends), device=target)
        self.tokens = torch.zeros((prompts, 1, limit), dtype=torch.long, device=target)
        self.scores = torch.zeros((prompts, 1), device=target)
        self.ended_tokens = torch.zeros((prompts, beams, limit), dtype=torch.long, device=target)
        self.ended_lengths = torch.zeros((prompts, beams), dtype=torch.long, device=target)
        self.ended_scores = torch.full((prompts, beams), NEVER, device=target)

    def advance(self, logits: torch.Tensor) -> torch.Tensor:
        """Take the next token's logits, a row for each running beam; returns which beam each new one goes on from."""
        self.length += 1
        values, ids = torch.log_softmax(logits, dim=-1).topk(self.kept)
        prompts, width = self.scores.shape
        totals = (values.view(prompts, width, -1) + self.scores[:, :, None]).view(prompts, -1)
        totals, places = totals.topk(self.kept)
        parents, chosen = places // self.kept, ids.view(prompts, -1).gather(1, places)
        candidates = _pick(self.tokens, parents)
        candidates[:, :, self.length - 1] = chosen
        stops = torch.isin(chosen, self.ends) | (self.length == self.limit)
        self._end(candidates, totals, stops)
        running = totals + stops * NEVER
        best = running.topk(self.beams).indices
        self.tokens, self.scores = _pick(candidates, best), running.gather(1, best)
        return parents.gather(1, best)

    def going(self) -> list[bool]:
        """Which prompts are not decided yet."""
        if self.length == self.limit:
            return [False] * len(self.scores)
        return (self.scores[:, 0] / self.length > self.ended_scores.min(dim=1).values).tolist()

    def best(self, prompt: int) -> list[int]:
        """The best ended hypothesis of a prompt, with its end token."""
        return self.ended_tokens[prompt, 0, : self.ended_lengths[prompt, 0]].tolist()

    def keep(self, order: list[int]) -> None:
        """Let prompt `order[place]` stand in each place, and drop the rest."""
        index = torch.tensor(order, device=self.scores.device)
        for name in ("tokens", "scores", "ended_tokens", "ended_lengths", "ended_scores"):
            setattr(self, name, getattr(self, name)[index])

    def _end(self, candidates: torch.Tensor, totals: torch.Tensor, stops: torch.Tensor) -> None:
        counts = stops.clone()
        counts[:, self.beams :] = False
        scores = torch.cat([self.ended_scores, totals / self.length + ~counts * NEVER], dim=1)
        lengths = torch.full_like(stops, self.length, dtype=torch.long)
        tokens = torch.cat([self.ended_tokens, candidates], dim=1)
        self.ended_scores, best = scores.topk(self.beams)
        self.ended_tokens = _pick(tokens, best)
        self.ended_lengths = torch.cat([self.ended_lengths, lengths], dim=1).gather(1, best)


def beam_search(stepper: Stepper, beams: int, limit: int, ends: set[int]) -> list[list[int]]:
    """The best answer to each prompt of a stepper that was just begun, as tokens."""
    prompts = list(range(len(stepper.mask)))
    search = Beams(len(prompts), beams, limit, ends, stepper.mask.device)
    answers: list[list[int]] = [[] for _ in prompts]
    search.advance(stepper.logits)
    stepper.repeat(beams)
    parents = torch.arange(beams).expand(len(prompts), -1)
    while True:
        going = search.going()
        for place, goes in enumerate(going):
            if not goes:
                answers[prompts[place]] = search.best(place)
        if not any(going):
            return answers
        firsts = torch.arange(len(prompts))[:, None] * beams
        stepper.rearrange((parents.cpu() + firsts).view(-1).tolist(), same_prompts=True)
        if not all(going):
            order = closed_up(going)
            prompts = [prompts[place] for place in order]
            stepper.rearrange([place * beams + beam for place in order for beam in range(beams)])
            search.keep(order)
        stepper.feed(search.tokens[:, :, search.length - 1].reshape(-1))
        parents = search.advance(stepper.logits)


def _pick(hypotheses: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Token rows by their place within each prompt."""
    return hypotheses.gather(1, places[:, :, None].expand(-1, -1, hypotheses.shape[2]))
