"""A causal model under way with a batch of prompts: it is fed a token for each row and says what may come next."""

from __future__ import annotations

import torch
from transformers import DynamicCache, PreTrainedModel

from repro_worker.batching import pad_left
from repro_worker.kv_cache import RoomyCache


class Opening:
    """What all prompts begin with, computed once."""

    def __init__(self, model: PreTrainedModel, ids: list[int]) -> None:
        self.ids = ids
        self.cache = DynamicCache(config=model.config)
        if ids:
            row = torch.tensor([ids], device=model.device)
            model(input_ids=row, past_key_values=self.cache, use_cache=True, logits_to_keep=1)


class Stepper:
    """`logits` holds a row of scores over the vocabulary for each row under way, after the last token fed."""

    def __init__(
        self, model: PreTrainedModel, opening: Opening, prompts: list[list[int]], filler: int, limit: int
    ) -> None:
        self.model, self.shared = model, len(opening.ids)
        ids, mask = pad_left([prompt[self.shared :] for prompt in prompts], filler)
        opened = torch.ones((len(prompts), self.shared), dtype=torch.long)
        self.mask = torch.cat([opened, mask], dim=1).to(model.device)
        self.prompt_width = self.mask.shape[1]
        self.cache = RoomyCache(model.config, self.prompt_width + limit)
        if opening.ids:
            self.cache.open_with(opening.cache, len(prompts))
        positions = (self.mask.cumsum(dim=1) - 1).clamp(min=0)[:, self.shared :]
        self._run(ids.to(model.device), positions)

    def feed(self, tokens: torch.Tensor) -> None:
        """Give each row its next token."""
        self.mask = torch.cat([self.mask, self.mask.new_ones((len(self.mask), 1))], dim=1)
        self._run(tokens[:, None], self.positions + 1)

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

    def _run(self, ids: torch.Tensor, positions: torch.Tensor) -> None:
        output = self.model(
            input_ids=ids,
            attention_mask=self.mask,
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self.positions = positions[:, -1:]
        self.logits = output.logits[:, -1]


def closed_up(going: list[bool]) -> list[int]:
    """An order that keeps the places that are going: each that ended is taken by one from the end, so few move."""
    kept = [place for place, goes in enumerate(going) if goes]
    spare = [place for place in kept if place >= len(kept)]
    return [place if going[place] else spare.pop() for place in range(len(kept))]
