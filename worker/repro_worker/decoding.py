"""Decoding: prompts in, answers out, in batches of like length that give the same answers as one at a time (float32).

Both ways are loops of our own for speed: the template's opening, which all prompts share, is computed once, and rows
that are finished leave the batch. Tests hold them to the answers of transformers' `generate`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from repro_worker.beam_search import beam_search
from repro_worker.grouped_attention import grouped_attention
from repro_worker.stepper import Opening, Stepper, closed_up


@dataclass(frozen=True)
class Answer:
    """An answer's whole text, its length in tokens (end token left out), and whether the end token came."""

    text: str
    tokens: int
    finished: bool


class Decoder:
    """Decodes batches with one model; `prefix` is what all prompts of the task begin with."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        beams: int,
        max_new_tokens: int,
        prefix: list[int],
    ) -> None:
        self.model, self.tokenizer, self.beams, self.limit = model, tokenizer, beams, max_new_tokens
        self.ends = set(model.generation_config.eos_token_id or [])
        self.prefix = prefix
        self._opening: Opening | None = None

    @torch.inference_mode()
    def answer(self, prompts: list[list[int]]) -> list[Answer]:
        """Answer a batch of encoded prompts, in their order."""
        with grouped_attention(self.model):
            if self._opening is None:
                self._opening = Opening(self.model, self.prefix)
            stepper = Stepper(self.model, self._opening, prompts, self.tokenizer.pad_token_id, self.limit)
            if self.beams == 1:
                produced = self._greedy(stepper)
            else:
                produced = beam_search(stepper, self.beams, self.limit, self.ends)
        return [self._cut(row) for row in produced]

    def _greedy(self, stepper: Stepper) -> list[list[int]]:
        rows = list(range(len(stepper.mask)))
        produced: list[list[int]] = [[] for _ in rows]
        while True:
            chosen = stepper.logits.argmax(dim=-1)
            for row, token in zip(rows, chosen.tolist(), strict=True):
                produced[row].append(token)
            going = [len(produced[row]) < self.limit and produced[row][-1] not in self.ends for row in rows]
            if not any(going):
                return produced
            if not all(going):
                order = closed_up(going)
                rows = [rows[place] for place in order]
                stepper.rearrange(order)
                chosen = chosen[torch.tensor(order, device=chosen.device)]
            stepper.feed(chosen)

    def _cut(self, produced: list[int]) -> Answer:
        """Cut at the first end token (what follows is padding) and keep all the text before it."""
        stop = next((place for place, token in enumerate(produced) if token in self.ends), None)
        kept = produced if stop is None else produced[:stop]
        text = self.tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return Answer(text, len(kept), stop is not None)


def shared_prefix(prompts: list[list[int]]) -> list[int]:
    """What all prompts begin with, at least one token short of the shortest of them."""
    if not prompts:
        return []
    low, high = min(prompts), max(prompts)
    limit = min(len(prompt) for prompt in prompts) - 1
    length = next((at for at in range(limit) if low[at] != high[at]), limit)
    return low[:length]
