"""Attention for generation on a CPU: heads that share keys and values are multiplied with them together, where plain
attention first copies them for each head.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "repro_grouped"


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **_options: object,
) -> tuple[torch.Tensor, None]:
    """Scaled dot-product attention without dropout; query [rows, heads, queries, size], key and value of fewer."""
    rows, heads, queries, size = query.shape
    shared, tokens = key.shape[1:3]
    together = query.reshape(rows, shared, heads // shared * queries, size)
    scores = (torch.matmul(together, key.transpose(2, 3)) * scaling).view(rows, heads, queries, tokens)
    if attention_mask is not None:
        scores = scores + attention_mask
    weights = torch.nn.functional.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    mixed = torch.matmul(weights.view(rows, shared, -1, tokens), value).view(rows, heads, queries, size)
    return mixed.transpose(1, 2).contiguous(), None


@contextmanager
def grouped_attention(model: PreTrainedModel) -> Iterator[None]:
    """Use it within, where the model lets its attention be chosen and the device is a CPU."""
    before = model.config._attn_implementation
    if model.device.type != "cpu" or before != "eager" or not model._supports_attention_backend:
        yield
        return
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, eager_mask)
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
