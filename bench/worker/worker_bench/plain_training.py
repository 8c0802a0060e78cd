"""A plain PyTorch loop that trains an adapter: transformers' model and loss, peft's adapter, AdamW. The batches, the
seeds and the schedule are the worker's, so that both learn the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from repro_worker.determinism import derive_seed, seed_everything
from repro_worker.tokens import IGNORED, Example


def load_plain(model: Path) -> torch.nn.Module:
    """The base model as transformers loads it by default."""
    return AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, local_files_only=True)


def train(
    base: torch.nn.Module, recipe: dict[str, Any], examples: list[Example], batches: list[list[int]], seed: int
) -> list[float]:
    """Train a fresh adapter on `base` and take it off again; returns the loss of each step."""
    config = LoraConfig(
        r=recipe["rank"],
        lora_alpha=recipe["alpha"],
        lora_dropout=recipe["dropout"],
        target_modules=recipe["targets"],
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config)
    model.train()
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=recipe["learningRate"], weight_decay=recipe["weightDecay"])
    losses = []
    for step, batch in enumerate(batches):
        seed_everything(derive_seed(seed, "step", step))
        _set_rate(optimizer, recipe, step, len(batches))
        ids, mask, labels = _collate([examples[row] for row in batch])
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    model.unload()
    return losses


def _set_rate(optimizer: torch.optim.Optimizer, recipe: dict[str, Any], step: int, total: int) -> None:
    warmup = recipe["warmupSteps"]
    share = (step + 1) / (warmup + 1) if step < warmup else 1 - (step - warmup) / max(1, total - warmup)
    for group in optimizer.param_groups:
        group["lr"] = recipe["learningRate"] * share


def _collate(examples: list[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    width = max(len(example.ids) for example in examples)
    ids = torch.zeros((len(examples), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, IGNORED)
    for number, example in enumerate(examples):
        length = len(example.ids)
        ids[number, :length] = torch.tensor(example.ids)
        mask[number, :length] = 1
        labels[number, :length] = torch.tensor(example.labels(False))
    return ids, mask, labels
