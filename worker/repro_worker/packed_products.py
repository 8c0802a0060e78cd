"""Matrix products for generation in float32 on a CPU: oneDNN's, with weights laid out once as it reads them. Plain ones
lay the weights out at each product anew, which takes as long as the product itself where a batch is down to few rows.
Weights are in memory twice meanwhile. Sums are rounded otherwise than in plain products, in the last place.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformers import PreTrainedModel

ROWS = 96
"""The rows of states that the layout is chosen for; it serves any number of them as well."""


class PackedLinear(torch.nn.Module):
    """Stands in for a linear layer."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.bias = linear.bias
        self.packed = torch.ops.mkldnn._reorder_linear_weight(linear.weight, ROWS)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Go from [..., inputs] to [..., outputs]."""
        return torch.ops.mkldnn._linear_pointwise(states, self.packed, self.bias, "none", [], "")


@contextmanager
def packed_products(model: PreTrainedModel) -> Iterator[None]:
    """Let the model's linear layers multiply so within, where that was tried: on x86 processors, in float32."""
    if not _serves(model):
        yield
        return
    layers = {name: module for name, module in model.named_modules() if type(module) is torch.nn.Linear}
    try:
        for name, linear in layers.items():
            model.set_submodule(name, PackedLinear(linear))
        yield
    finally:
        for name, linear in layers.items():
            model.set_submodule(name, linear)


def _serves(model: PreTrainedModel) -> bool:
    tried = platform.machine() == "x86_64" and torch.backends.mkldnn.is_available()
    return tried and model.device.type == "cpu" and model.dtype == torch.float32
