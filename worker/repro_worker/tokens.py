"""Text to token ids for causal models: one beginning token at most, exactly one end token, labels by length.

Special tokens written out in a text ("</s>") are encoded as plain text, so data can't end an answer early. The pad
token often equals the end token, so nothing here looks for the pad id.
"""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from repro_worker.errors import WorkerError

IGNORED = -100
"""The label that torch's cross-entropy leaves out."""


@dataclass(frozen=True)
class Example:
    """One training row: ids, and from where on they count for the loss."""

    ids: list[int]
    answer_start: int
    truncated: bool

    def labels(self, on_prompt: bool) -> list[int]:
        """Labels for the loss: the answer and its end token, or everything."""
        return list(self.ids) if on_prompt else [IGNORED] * self.answer_start + self.ids[self.answer_start :]


def end_token(tokenizer: PreTrainedTokenizerBase) -> int:
    """The id that ends an answer."""
    if tokenizer.eos_token_id is None:
        raise WorkerError("the tokenizer has no end token", where="model", remedy="Set eos_token in its configuration.")
    return tokenizer.eos_token_id


def adds_beginning(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether this tokenizer puts a beginning token before a text."""
    begin = tokenizer.bos_token_id
    return begin is not None and tokenizer("a").input_ids[:1] == [begin]


def plain_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The ids of a text with nothing added to it."""
    return list(tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids)


def prompt_ids(tokenizer: PreTrainedTokenizerBase, prompt: str) -> list[int]:
    """The ids of a prompt, after one beginning token if the tokenizer adds one."""
    begin = [tokenizer.bos_token_id] if adds_beginning(tokenizer) else []
    return begin + plain_ids(tokenizer, prompt)


def encode_example(tokenizer: PreTrainedTokenizerBase, prompt: str, answer: str, cutoff: int) -> Example:
    """Encode prompt and answer with one end token; rows longer than `cutoff` tokens lose their end.

    Prompt and answer are encoded together, as the model will see them, unless that changes the prompt's own ids.
    """
    begin = prompt_ids(tokenizer, prompt)
    offset = len(begin) - len(plain_ids(tokenizer, prompt))
    joint = begin[:offset] + plain_ids(tokenizer, prompt + answer)
    if joint[: len(begin)] != begin:
        joint = begin + plain_ids(tokenizer, answer)
    ids = [*joint, end_token(tokenizer)]
    return Example(ids[:cutoff], min(len(begin), cutoff), len(ids) > cutoff)
