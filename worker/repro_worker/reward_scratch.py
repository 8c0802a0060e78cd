"""A small encoder from scratch with its own vocabulary: for when no pretrained one is at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing
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
    """A WordPiece tokenizer over every character and the most frequent words.

    The pieces are counted here: the trainers of the library break ties by the order of a hash table, so that two
    trainings on the same texts give different vocabularies.
    """
    normalizer, splitter = BertNormalizer(lowercase=True), BertPreTokenizer()
    counts = Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)))
    letters = sorted({letter for word in counts for letter in word})
    words = sorted((word for word in counts if len(word) > 1), key=lambda word: (-counts[word], word))
    pieces = [*SPECIAL.values(), *letters, *(f"##{letter}" for letter in letters), *words][:size]
    places = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(places, unk_token=SPECIAL["unk"]))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    ends = [(SPECIAL[name], places[SPECIAL[name]]) for name in ("cls", "sep")]
    tokenizer.post_processor = BertProcessing(ends[1], ends[0])
    names = {f"{name}_token": token for name, token in SPECIAL.items()}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
