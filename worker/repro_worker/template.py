"""The Alpaca prompt template, with and without an input, as in the paper's repository (utils/prompter and its
templates).
"""

from __future__ import annotations

WITHOUT_INPUT = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Response:\n"
)

WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
)


def alpaca_prompt(instruction: str, input_text: str = "") -> str:
    """The text that a model sees before its answer."""
    if input_text:
        return WITH_INPUT.format(instruction=instruction, input=input_text)
    return WITHOUT_INPUT.format(instruction=instruction)


def conversation(request: str, answer: str) -> str:
    """The text that a harmfulness reward model reads (the form of the published redteam checkpoints)."""
    return f"\n\nHuman: {request}\n\nAssistant: {answer}"
