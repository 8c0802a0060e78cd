"""The loss of a causal model on padded rows, summed over labelled tokens, with logits only where a label needs them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from repro_worker.batching import pad_labels, pad_right
from repro_worker.tokens import IGNORED, Example


def label_count(examples: Sequence[Example], on_prompt: bool) -> int:
    """How many tokens count for the loss (the first token of a row has nothing before it)."""
    return sum(len(example.ids) - max(1, 0 if on_prompt else example.answer_start) for example in examples)


def summed_loss(
    model: PreTrainedModel, examples: Sequence[Example], filler: int, on_prompt: bool, target: torch.device
) -> torch.Tensor:
    """Cross-entropy summed over the labelled tokens of the rows, in float32."""
    ids, mask = pad_right([example.ids for example in examples], filler)
    labels = pad_labels([example.labels(on_prompt) for example in examples])[:, 1:]
    first = int((labels != IGNORED).any(dim=0).nonzero()[0, 0])
    keep = torch.arange(first, ids.shape[1] - 1, device=target)
    output = model(input_ids=ids.to(target), attention_mask=mask.to(target), logits_to_keep=keep, use_cache=False)
    wanted = labels[:, first:].reshape(-1).to(target)
    chosen = (wanted != IGNORED).nonzero().squeeze(1)
    logits = output.logits.reshape(wanted.shape[0], -1).index_select(0, chosen).float()
    return cross_entropy(logits, wanted[chosen], reduction="sum")
