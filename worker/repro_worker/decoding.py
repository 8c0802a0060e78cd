"""Decoding: prompts in, answers out, in batches of like length that give the same answers as one at a time (float32).

Greedy decoding is a loop of our own for speed: the template's opening, which all prompts share, is computed once, and
rows that are finished leave the batch. A test holds it to the answers of transformers' `generate`, which does the
beam search.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from transformers import DynamicCache, GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase

from repro_worker.batching import pad_left


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
        self.prefix = prefix if beams == 1 else []
        self._opening: DynamicCache | None = None

    @torch.inference_mode()
    def answer(self, prompts: list[list[int]]) -> list[Answer]:
        """Answer a batch of encoded prompts, in their order."""
        produced = self._greedy(prompts) if self.beams == 1 else self._beam(prompts)
        return [self._cut(row) for row in produced]

    def _greedy(self, prompts: list[list[int]]) -> list[list[int]]:
        shared, target = len(self.prefix), self.model.device
        rest, mask = pad_left([prompt[shared:] for prompt in prompts], self.tokenizer.pad_token_id)
        mask = torch.cat([torch.ones((len(prompts), shared), dtype=torch.long), mask], dim=1).to(target)
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, shared:]
        cache, ids = self._cache(len(prompts)), rest.to(target)
        produced: list[list[int]] = [[] for _ in prompts]
        rows = list(range(len(prompts)))
        for _ in range(self.limit):
            output = self.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            chosen = output.logits[:, -1].argmax(dim=-1)
            for row, token in zip(rows, chosen.tolist(), strict=True):
                produced[row].append(token)
            going = [place for place, row in enumerate(rows) if produced[row][-1] not in self.ends]
            if not going:
                break
            ids, positions = chosen[:, None], positions[:, -1:] + 1
            if len(going) < len(rows):
                keep = torch.tensor(going, device=target)
                ids, positions, mask = ids[keep], positions[keep], mask[keep]
                cache.batch_select_indices(keep)
                rows = [rows[place] for place in going]
            mask = torch.cat([mask, mask.new_ones((len(rows), 1))], dim=1)
        return produced

    def _cache(self, rows: int) -> DynamicCache:
        """A cache that holds the shared opening once for each row."""
        if not self.prefix:
            return DynamicCache(config=self.model.config)
        if self._opening is None:
            self._opening = DynamicCache(config=self.model.config)
            ids = torch.tensor([self.prefix], device=self.model.device)
            self.model(input_ids=ids, past_key_values=self._opening, use_cache=True, logits_to_keep=1)
        cache = copy.deepcopy(self._opening)
        cache.batch_repeat_interleave(rows)
        return cache

    def _beam(self, prompts: list[list[int]]) -> list[list[int]]:
        ids, mask = pad_left(prompts, self.tokenizer.pad_token_id)
        base, target = self.model.generation_config, self.model.device
        config = GenerationConfig(
            do_sample=False,
            num_beams=self.beams,
            max_new_tokens=self.limit,
            bos_token_id=base.bos_token_id,
            eos_token_id=base.eos_token_id,
            pad_token_id=base.pad_token_id,
        )
        produced = self.model.generate(
            input_ids=ids.to(target), attention_mask=mask.to(target), generation_config=config
        )
        return produced[:, ids.shape[1] :].tolist()

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
