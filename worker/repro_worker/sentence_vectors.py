"""Vectors of texts by a sentence encoder.

The encoder's last hidden states are averaged over a text's tokens and scaled to length 1, as the encoder was trained to
be used (Reimers and Gurevych 2019).
"""

from __future__ import annotations

import torch
from transformers import PreTrainedTokenizerBase

from repro_worker.batching import by_length, pad_right
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_model import RewardModel


def tokenised(tokenizer: PreTrainedTokenizerBase, text: str, limit: int) -> list[int]:
    """A text's tokens, cut at its end."""
    return list(tokenizer(text, split_special_tokens=True, truncation=True, max_length=limit).input_ids)


@torch.inference_mode()
def embed(model: RewardModel, rows: list[list[int]], batch_size: int, filler: int, progress: Progress) -> torch.Tensor:
    """Vectors of length 1, one a row of tokens."""
    vectors = torch.empty((len(rows), model.encoder.config.hidden_size), dtype=torch.float32)
    done = 0
    for batch in by_length([len(row) for row in rows], batch_size):
        ids, mask = pad_right([rows[place] for place in batch], filler)
        pooled = model.pooled(ids.to(device()), mask.to(device()))
        vectors[batch] = torch.nn.functional.normalize(pooled.float(), dim=1).cpu()
        done += len(batch)
        progress.report(done, len(rows), "items")
    return vectors
