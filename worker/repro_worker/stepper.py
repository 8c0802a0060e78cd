"""A causal model under way with a batch of prompts: it is fed a token for each row and says what may come next."""

from __future__ import annotations

import torch
from transformers import DynamicCache, PreTrainedModel

from repro_worker.batching import by_length, pad_left
from repro_worker.kv_cache import RoomyCache

ALIKE = 0.8
"""Prompts that are read together have at least this share of the longest's length."""


class Opening:
    """What all prompts begin with, computed once."""

    def __init__(self, model: PreTrainedModel, ids: list[int]) -> None:
        self.ids = ids
        self.cache = DynamicCache(config=model.config)
        if ids:
            row = torch.tensor([ids], device=model.device)
            model(input_ids=row, past_key_values=self.cache, use_cache=True, logits_to_keep=1)


class Stepper:
    """`logits` holds a row of scores over the vocabulary for each row under way, after its last token, in float32."""

    def __init__(
        self, model: PreTrainedModel, opening: Opening, prompts: list[list[int]], filler: int, limit: int
    ) -> None:
        self.model, self.opening, self.filler = model, opening, filler
        rests = [prompt[len(opening.ids) :] for prompt in prompts]
        self.mask = self._mask(pad_left(rests, filler)[1])
        self.positions = self.mask.sum(dim=1, keepdim=True) - 1
        self.prompt_width = self.mask.shape[1]
        self.cache = RoomyCache(model.config, self.prompt_width + limit)
        if self.cache.roomy:
            self._read_in_parts(rests)
        else:
            self.logits = self._read(rests, self.cache)

    def feed(self, tokens: torch.Tensor) -> None:
        """Give each row its next token."""
        self.mask = torch.cat([self.mask, self.mask.new_ones((len(self.mask), 1))], dim=1)
        self.positions = self.positions + 1
        self.logits = self._logits(tokens[:, None], self.positions, self.mask, self.cache)

    def repeat(self, times: int) -> None:
        """Give each row `times` places, one after another."""
        self.cache.batch_repeat_interleave(times)
        self.mask = self.mask.repeat_interleave(times, dim=0)
        self.positions = self.positions.repeat_interleave(times, dim=0)

    def rearrange(self, order: list[int], *, same_prompts: bool = False) -> None:
        """Let row `order[place]` stand in each place, and drop the rest; `same_prompts`: each from its own prompt."""
        self.cache.rearrange(order, self.prompt_width if same_prompts else 0)
        if not same_prompts:
            index = torch.tensor(order, device=self.mask.device)
            self.mask, self.positions = self.mask[index], self.positions[index]

    def _read_in_parts(self, rests: list[list[int]]) -> None:
        """Read prompts of like length together: padding costs as much as text."""
        found: list[torch.Tensor | None] = [None] * len(rests)
        for part in by_length([len(rest) for rest in rests], len(rests), ALIKE):
            width = len(self.opening.ids) + len(rests[part[0]])
            cache = RoomyCache(self.model.config, width)
            for row, logits in zip(part, self._read([rests[row] for row in part], cache), strict=True):
                found[row] = logits
            self.cache.take(cache, part, len(rests), len(self.opening.ids), self.prompt_width)
        self.logits = torch.stack(found)

    def _read(self, rests: list[list[int]], cache: RoomyCache) -> torch.Tensor:
        ids, mask = pad_left(rests, self.filler)
        mask = self._mask(mask)
        if self.opening.ids:
            cache.open_with(self.opening.cache, len(rests))
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, len(self.opening.ids) :]
        return self._logits(ids.to(self.model.device), positions, mask, cache)

    def _mask(self, mask: torch.Tensor) -> torch.Tensor:
        """The mask of prompts whose opening was left out."""
        opened = torch.ones((len(mask), len(self.opening.ids)), dtype=torch.long)
        return torch.cat([opened, mask], dim=1).to(self.model.device)

    def _logits(
        self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor, cache: RoomyCache
    ) -> torch.Tensor:
        output = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return output.logits[:, -1].float()


def closed_up(going: list[bool]) -> list[int]:
    """An order that keeps the places that are going: each that ended is taken by one from the end, so few move."""
    kept = [place for place, goes in enumerate(going) if goes]
    spare = [place for place in kept if place >= len(kept)]
    return [place if going[place] else spare.pop() for place in range(len(kept))]
