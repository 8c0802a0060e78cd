"""Base models, loaded once a process: a grid of tasks shares one base and swaps adapters.

The cache is keyed by the content of the model's folder and the dtype, never by its path alone. Adapters are put on
and taken off again (lora.py), so the base that the next task sees is the one that was loaded.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase

from repro_worker.digests import path_digest
from repro_worker.errors import WorkerError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
KEPT = 1
"""How many base models stay in memory: a 7B model leaves no room for two."""

_loaded: OrderedDict[tuple[str, str], tuple[PreTrainedModel, PreTrainedTokenizerBase]] = OrderedDict()


def device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def attention() -> str:
    """Plain attention on a CPU, where it trains short rows a fifth faster than the fused kernel; fused on a GPU."""
    return "sdpa" if torch.cuda.is_available() else "eager"


def load_base(folder: Path, dtype: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The causal model in `folder` and its tokenizer, frozen and in evaluation mode."""
    key = (path_digest(folder), dtype)
    if key not in _loaded:
        while len(_loaded) >= KEPT:
            _loaded.popitem(last=False)
        _loaded[key] = _read(folder, dtype)
    _loaded.move_to_end(key)
    model, tokenizer = _loaded[key]
    model.requires_grad_(False)
    return model.eval(), tokenizer


def context_length(model: PreTrainedModel) -> int:
    """How many positions the model has."""
    return getattr(model.config.get_text_config(), "max_position_embeddings", None) or 2048


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer in `folder`; a missing pad token becomes the end token."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise unreadable(folder, "tokenizer", error) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def unreadable(folder: Path, what: str, error: Exception) -> WorkerError:
    """An input error for a folder that holds no model of the wanted kind."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    remedy = "Give a folder in Hugging Face format, such as the import-model task writes."
    return WorkerError(f"no {what} could be read: {reason}", where=str(folder), remedy=remedy)


def _read(folder: Path, dtype: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    tokenizer = load_tokenizer(folder)
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=DTYPES[dtype], local_files_only=True, attn_implementation=attention()
        )
    except (OSError, ValueError) as error:
        raise unreadable(folder, "causal language model", error) from error
    model.generation_config = _plain_generation(model, tokenizer)
    return model.to(device()), tokenizer


def _plain_generation(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> GenerationConfig:
    """Only the end and pad tokens: a model's own sampling settings must not leak into declared decoding."""
    ends = model.generation_config.eos_token_id if model.generation_config is not None else None
    ends = ends if isinstance(ends, list) else [ends]
    unique = sorted({end for end in [*ends, tokenizer.eos_token_id] if end is not None})
    return GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=unique or None, pad_token_id=tokenizer.pad_token_id
    )
