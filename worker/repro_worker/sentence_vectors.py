"""Vectors of texts by a sentence encoder.

Hidden states are averaged over a text's tokens and scaled to length 1: the last ones, as the encoder was trained to be
used (Reimers and Gurevych 2019), and on demand those of an earlier layer, which know less of the topic and more of the
wording.
"""

from __future__ import annotations

import torch
from transformers import PreTrainedTokenizerBase

from repro_worker.batching import by_length, pad_right
from repro_worker.errors import WorkerError
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_model import RewardModel


def tokenised(tokenizer: PreTrainedTokenizerBase, text: str, limit: int) -> list[int]:
    """A text's tokens, cut at its end."""
    return list(tokenizer(text, split_special_tokens=True, truncation=True, max_length=limit).input_ids)


def checked_layer(model: RewardModel, layer: int) -> int:
    """A layer's number, counted from 1, if the encoder has it."""
    layers = model.encoder.config.num_hidden_layers
    if not 1 <= layer <= layers:
        raise WorkerError(
            f"The encoder has {layers} layers and no layer {layer}",
            where="params.middleLayer",
            remedy=f"Name a layer from 1 to {layers}.",
        )
    return layer


@torch.inference_mode()
def embed(
    model: RewardModel,
    rows: list[list[int]],
    batch_size: int,
    filler: int,
    progress: Progress,
    layers: tuple[int, ...] = (-1,),
) -> torch.Tensor:
    """Vectors of length 1, rows x layers x width: for each row of tokens one of each layer, -1 being the last."""
    vectors = torch.empty((len(rows), len(layers), model.encoder.config.hidden_size), dtype=torch.float32)
    done = 0
    for batch in by_length([len(row) for row in rows], batch_size):
        ids, mask = pad_right([rows[place] for place in batch], filler)
        ids, mask = ids.to(device()), mask.to(device())
        states = model.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        weights = mask[:, None, :, None].float()
        summed = (torch.stack([states[layer] for layer in layers], dim=1).float() * weights).sum(dim=2)
        vectors[batch] = torch.nn.functional.normalize(summed / weights.sum(dim=2), dim=2).cpu()
        done += len(batch)
        progress.report(done, len(rows), "items")
    return vectors
