import pytest

from conftest import make_tokenizer
from repro_worker.template import alpaca_prompt, conversation
from repro_worker.tokens import IGNORED, encode_example, prompt_ids


@pytest.mark.parametrize("begin", [True, False])
def test_one_beginning_token_at_most_and_exactly_one_end_token(begin):
    tokenizer = make_tokenizer(begin)
    example = encode_example(tokenizer, alpaca_prompt("sea"), "bread </s> <s> list", 500)
    assert example.ids.count(0) == int(begin)
    assert example.ids.count(1) == 1
    assert example.ids[-1] == 1
    assert prompt_ids(tokenizer, "sea").count(0) == int(begin)


def test_labels_are_masked_by_length_so_the_end_token_is_learnt():
    tokenizer = make_tokenizer(begin=True)
    assert tokenizer.pad_token_id == tokenizer.eos_token_id
    prompt = alpaca_prompt("sea")
    example = encode_example(tokenizer, prompt, "bread", 500)
    start = len(prompt_ids(tokenizer, prompt))
    labels = example.labels(on_prompt=False)
    assert labels[:start] == [IGNORED] * start
    assert labels[start:] == example.ids[start:]
    assert labels[-1] == tokenizer.eos_token_id
    assert example.labels(on_prompt=True) == example.ids


def test_an_empty_answer_is_the_end_token_alone():
    tokenizer = make_tokenizer(begin=False)
    example = encode_example(tokenizer, "sea", "", 500)
    assert example.ids[example.answer_start :] == [1]


def test_a_long_row_loses_its_end():
    tokenizer = make_tokenizer(begin=False)
    example = encode_example(tokenizer, "sea", "bread " * 50, 20)
    assert len(example.ids) == 20
    assert example.truncated
    assert example.ids.count(1) == 0


def test_templates_are_the_papers():
    assert alpaca_prompt("Do {input} it.") == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nDo {input} it.\n\n### Response:\n"
    )
    assert "\n\n### Input:\nthis\n\n### Response:\n" in alpaca_prompt("Do it.", "this")
    assert conversation("a", "b") == "\n\nHuman: a\n\nAssistant: b"
