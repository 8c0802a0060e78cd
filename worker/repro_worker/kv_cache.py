"""Keys and values of the rows under way, in buffers with room for all tokens to come: a token is written in place, and
rows are dropped or rearranged by moving only those that change their place.
"""

from __future__ import annotations

import torch
from transformers import DynamicCache, PretrainedConfig
from transformers.cache_utils import DynamicLayer


class RoomyLayer(DynamicLayer):
    """One layer's keys and values, each of shape [rows, heads, tokens, size]; `room` is how many tokens fit."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room, self.length = room, 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Make the buffers, for as many rows as there are."""
        self.device = key_states.device
        self._buffers = tuple(
            states.new_empty((*states.shape[:2], self.room, states.shape[3])) for states in (key_states, value_states)
        )
        self.is_initialized = True

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args, **kwargs) -> tuple:
        """Write new tokens and return all so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[2]
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, self.length : end] = states
        self.length = end
        return self._show()

    def take(self, read: RoomyLayer, rows: torch.Tensor, total: int, opening: int, end: int) -> None:
        """Take over what was read of `rows` (of `total`): the first `opening` tokens, and the others so that they end
        at token `end`. What lies between is masked, and zero, for nothing times what is not a number is no number.
        """
        states = read.keys, read.values
        if not self.is_initialized:
            self.device = states[0].device
            self._buffers = tuple(one.new_zeros((total, one.shape[1], self.room, one.shape[3])) for one in states)
            self.is_initialized = True
        self.length = end
        for buffer, one in zip(self._buffers, states, strict=True):
            buffer[rows, :, :opening] = one[:, :, :opening]
            buffer[rows, :, end - one.shape[2] + opening : end] = one[:, :, opening:]
        self._show()

    def get_seq_length(self) -> int:
        """Tokens so far."""
        return self.length

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Give each row `repeats` places."""
        self._buffers = tuple(buffer.repeat_interleave(repeats, dim=0) for buffer in self._buffers)
        self._show()

    def move(self, places: torch.Tensor, sources: torch.Tensor, start: int, rows: int) -> None:
        """Put rows `sources` in the places `places`, from token `start` on, and keep the first `rows` rows."""
        for buffer in self._buffers:
            if len(places):
                buffer[places, :, start : self.length] = buffer[sources, :, start : self.length]
        self._buffers = tuple(buffer[:rows] for buffer in self._buffers)
        self._show()

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        self.keys, self.values = (buffer[:, :, : self.length] for buffer in self._buffers)
        return self.keys, self.values


class RoomyCache(DynamicCache):
    """A model's cache of roomy layers; its other kinds of layers (sliding windows) stay as transformers makes them."""

    def __init__(self, config: PretrainedConfig, room: int) -> None:
        super().__init__(config=config)
        self.layers = [RoomyLayer(room) if type(layer) is DynamicLayer else layer for layer in self.layers]

    @property
    def roomy(self) -> bool:
        """Whether all layers are roomy."""
        return all(isinstance(layer, RoomyLayer) for layer in self.layers)

    def take(self, read: RoomyCache, rows: list[int], total: int, opening: int, end: int) -> None:
        """Take over some rows that another cache read; see RoomyLayer."""
        for layer, other in zip(self.layers, read.layers, strict=True):
            layer.take(other, torch.tensor(rows, device=other.keys.device), total, opening, end)

    def open_with(self, opening: DynamicCache, rows: int) -> None:
        """Start each of `rows` rows with the one row of another cache."""
        for layer, other in zip(self.layers, opening.layers, strict=True):
            layer.update(other.keys.expand(rows, -1, -1, -1), other.values.expand(rows, -1, -1, -1))

    def rearrange(self, order: list[int], start: int = 0) -> None:
        """Let row `order[place]` stand in each place; before token `start` they are alike and need not move."""
        places = [place for place, source in enumerate(order) if place != source]
        target = self.layers[0].device
        moved = torch.tensor(places, device=target), torch.tensor([order[place] for place in places], device=target)
        for layer in self.layers:
            if isinstance(layer, RoomyLayer):
                layer.move(*moved, start, len(order))
            else:
                layer.batch_select_indices(torch.tensor(order, device=target))
