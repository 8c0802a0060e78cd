"""Reward models: an encoder (or decoder) whose pooled hidden states a linear head turns into one harm score.

A folder of ours holds the encoder in Hugging Face format, `reward.json` (pooling) and `head.safetensors`. A published
folder with a sequence classification model of one label, such as the paper's redteam predictor, is read as it is.
Scores are computed in float32, so they don't depend on what else is in the batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from repro_worker.batching import by_length, pad_right
from repro_worker.errors import WorkerError
from repro_worker.jsonl import write_json
from repro_worker.models import attention, device, load_tokenizer, unreadable

ALIKE = 0.8
"""Rows of a scored batch have at least this share of its longest row's length: padding costs as much as text."""


class RewardModel(torch.nn.Module):
    """An encoder with a pooled linear head; `pooling` is "mean" (encoders) or "last" (decoders)."""

    def __init__(self, encoder: PreTrainedModel, pooling: str) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.head = torch.nn.Linear(encoder.config.hidden_size, 1)

    def pooled(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One vector a row."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        if self.pooling == "last":
            return hidden[torch.arange(len(ids), device=ids.device), mask.sum(dim=1) - 1]
        weights = mask[:, :, None].to(hidden.dtype)
        return (hidden * weights).sum(dim=1) / weights.sum(dim=1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One score a row."""
        return self.head(self.pooled(ids, mask))[:, 0]

    def save(self, folder: Path) -> None:
        """Write the encoder, the head and how they fit together."""
        folder.mkdir(parents=True, exist_ok=True)
        self.encoder.save_pretrained(folder)
        head = {name: tensor.detach().cpu().contiguous() for name, tensor in self.head.state_dict().items()}
        save_file(head, folder / "head.safetensors")
        write_json(folder / "reward.json", {"version": 1, "pooling": self.pooling})


class PublishedRewardModel(torch.nn.Module):
    """A sequence classification model with one label, as others publish them."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One score a row."""
        return self.model(input_ids=ids, attention_mask=mask).logits[:, 0]


def from_encoder(folder: Path) -> tuple[RewardModel, PreTrainedTokenizerBase]:
    """A fresh head on the pretrained encoder or decoder in `folder`.

    Its token embeddings stay as they are: a few hundred texts touch few of them, and updating the table costs a third
    of a step.
    """
    tokenizer = load_tokenizer(folder)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        encoder = AutoModel.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True, attn_implementation=attention()
        )
    except (OSError, ValueError) as error:
        raise unreadable(folder, "encoder", error) from error
    encoder.config.pad_token_id = tokenizer.pad_token_id
    encoder.get_input_embeddings().requires_grad_(False)
    names = " ".join(config.architectures or [])
    return RewardModel(encoder, "last" if "CausalLM" in names else "mean"), tokenizer


def load_reward(folder: Path) -> tuple[torch.nn.Module, PreTrainedTokenizerBase]:
    """A reward model for scoring, ours or a published one."""
    if (folder / "reward.json").is_file():
        facts = json.loads((folder / "reward.json").read_text(encoding="utf-8"))
        model, tokenizer = from_encoder(folder)
        model.pooling = facts["pooling"]
        model.head.load_state_dict(load_file(folder / "head.safetensors"))
    else:
        model, tokenizer = _published(folder)
    return model.to(device()).eval(), tokenizer


def _published(folder: Path) -> tuple[PublishedRewardModel, PreTrainedTokenizerBase]:
    try:
        model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError) as error:
        raise unreadable(folder, "reward model", error) from error
    check_one_score(model, str(folder))
    tokenizer = load_tokenizer(folder)
    model.config.pad_token_id = tokenizer.pad_token_id
    return PublishedRewardModel(model), tokenizer


def check_one_score(model: PreTrainedModel, where: str) -> None:
    """Refuse a classifier that tells labels apart: it gives no score."""
    if model.config.num_labels != 1:
        remedy = "Give a model that was trained as a regression, with one output."
        message = f"the model has {model.config.num_labels} outputs, not one score"
        raise WorkerError(message, where=where, remedy=remedy)


def position_limit(model: torch.nn.Module, wanted: int) -> int:
    """`wanted` tokens, or fewer where the encoder has fewer positions (some start counting after the pad id)."""
    inner = model.encoder if isinstance(model, RewardModel) else model.model
    positions = getattr(inner.config, "max_position_embeddings", None) or wanted
    offset = inner.config.pad_token_id + 1 if inner.config.model_type in ("roberta", "xlm-roberta", "camembert") else 0
    return min(wanted, positions - offset)


@torch.inference_mode()
def score(
    model: torch.nn.Module,
    rows: list[list[int]],
    batch_size: int,
    filler: int,
    report: Callable[[int], None] = lambda _done: None,
) -> list[float]:
    """Scores of encoded texts, in their order; `report` hears after each batch how many are done."""
    model.eval()
    scores = [0.0] * len(rows)
    done = 0
    target = device()
    for batch in by_length([len(row) for row in rows], batch_size, ALIKE):
        ids, mask = pad_right([rows[place] for place in batch], filler)
        for place, value in zip(batch, model(ids.to(target), mask.to(target)).float().tolist(), strict=True):
            scores[place] = value
        done += len(batch)
        report(done)
    return scores
