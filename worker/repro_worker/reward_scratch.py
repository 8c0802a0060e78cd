"""A small encoder from scratch with its own vocabulary: for when no pretrained one is at hand."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from repro_worker.models import attention
from repro_worker.params import Params
from repro_worker.reward_model import RewardModel

SPECIAL = {"unk": "[UNK]", "pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}


def build(architecture: Params, texts: Sequence[str], positions: int) -> tuple[RewardModel, PreTrainedTokenizerBase]:
    """A BERT of the given size and a lower-case WordPiece vocabulary learned from `texts`."""
    tokenizer = _tokenizer(texts, architecture.integer("vocabulary", least=100))
    hidden = architecture.integer("hiddenSize", least=1)
    heads = architecture.integer("heads", least=1)
    if hidden % heads:
        raise architecture.error("hiddenSize", f"is {hidden}", f"It should be a multiple of heads ({heads}).")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        num_hidden_layers=architecture.integer("layers", least=1),
        num_attention_heads=heads,
        intermediate_size=4 * hidden,
        max_position_embeddings=positions,
        pad_token_id=tokenizer.pad_token_id,
    )
    encoder = BertModel._from_config(config, attn_implementation=attention(), dtype=torch.float32)
    return RewardModel(encoder, "mean"), tokenizer


def _tokenizer(texts: Sequence[str], size: int) -> PreTrainedTokenizerBase:
    pieces = BertWordPieceTokenizer(lowercase=True)
    pieces.train_from_iterator(texts, vocab_size=size, min_frequency=1, show_progress=False)
    names = {f"{name}_token": token for name, token in SPECIAL.items()}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces._tokenizer, **names)
    return tokenizer
