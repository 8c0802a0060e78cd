"""What a reward model reads: request and answer as one text, or the answer alone, as token ids of bounded length."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from repro_worker.template import conversation


@dataclass(frozen=True)
class Encoded:
    """Token ids, and whether the text's end was cut off to make it fit."""

    ids: list[int]
    truncated: bool


def encode(tokenizer: PreTrainedTokenizerBase, request: str, answer: str, max_tokens: int) -> Encoded:
    """Encode a request and an answer, cut at the end of the answer."""
    return encode_text(tokenizer, conversation(request, answer), max_tokens)


def encode_text(tokenizer: PreTrainedTokenizerBase, text: str, max_tokens: int) -> Encoded:
    """Encode a text with the tokenizer's own special tokens, cut at its end."""
    whole = tokenizer(text, split_special_tokens=True).input_ids
    if len(whole) <= max_tokens:
        return Encoded(list(whole), False)
    tokenizer.truncation_side = "right"
    cut = tokenizer(text, split_special_tokens=True, truncation=True, max_length=max_tokens).input_ids
    return Encoded(list(cut), True)
