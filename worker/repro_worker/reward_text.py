"""What a reward model reads, as token ids of bounded length: request and answer as one text or as a pair, or the answer
alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from repro_worker.template import conversation


@dataclass(frozen=True)
class Encoded:
    """Token ids, and whether the text's end was cut off to make it fit."""

    ids: list[int]
    truncated: bool


Texts = Callable[[str, str], tuple[str, ...]]

READS: dict[str, Texts] = {
    "conversation": lambda request, answer: (conversation(request, answer),),
    "answer": lambda _request, answer: (answer,),
    "pair": lambda request, answer: (request, answer),
}
"""What a tokenizer is given of a request and its answer: one text, or the two of a pair."""


def encode(
    tokenizer: PreTrainedTokenizerBase, request: str, answer: str, max_tokens: int, reads: str = "conversation"
) -> Encoded:
    """Encode a request and an answer with the tokenizer's own special tokens, cut at the end of the answer."""
    texts = READS[reads](request, answer)
    whole = tokenizer(*texts, split_special_tokens=True).input_ids
    if len(whole) <= max_tokens:
        return Encoded(list(whole), False)
    tokenizer.truncation_side = "right"
    how = "only_second" if len(texts) > 1 and _leaves_room(tokenizer, texts[0], max_tokens) else "longest_first"
    cut = tokenizer(*texts, split_special_tokens=True, truncation=how, max_length=max_tokens).input_ids
    return Encoded(list(cut), True)


def _leaves_room(tokenizer: PreTrainedTokenizerBase, request: str, max_tokens: int) -> bool:
    """Whether the request of a pair leaves a token for the answer; where it doesn't, the longer text is cut first."""
    return len(tokenizer(request, "", split_special_tokens=True).input_ids) < max_tokens
