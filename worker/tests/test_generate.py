import platform

import pytest
import torch

from conftest import fail, finetune_task, generate_task, make_tokenizer, read_jsonl, sentence, succeed, write_jsonl
from repro_worker.batching import pad_left
from repro_worker.decoding import Decoder, shared_prefix
from repro_worker.lora import saved_adapter
from repro_worker.models import load_base
from repro_worker.packed_products import PackedLinear, packed_products
from repro_worker.stepper import closed_up
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import prompt_ids


@pytest.fixture(scope="module")
def adapter(tmp_path_factory, tiny_model, mix):
    folder = finetune_task(tmp_path_factory.mktemp("adapter") / "t", tiny_model, mix, epochs=1)
    succeed(folder)
    return folder / "outputs" / "adapter"


def answers(folder):
    succeed(folder)
    return read_jsonl(folder / "outputs" / "answers.jsonl")


@pytest.mark.parametrize("beams", [1, 3])
def test_answers_do_not_depend_on_the_batch_size_and_keep_the_order(tmp_path, tiny_model, prompts, adapter, beams):
    how = {"strategy": "beam" if beams > 1 else "greedy", "beams": beams}
    one = answers(generate_task(tmp_path / "a", tiny_model, prompts, 1, adapter, **how))
    many = answers(generate_task(tmp_path / "b", tiny_model, prompts, 16, adapter, **how))
    assert one == many
    assert [row["id"] for row in one] == [row["id"] for row in read_jsonl(prompts)]
    assert set(one[0]) == {"id", "set", "topic", "prompt", "unsafe", "answer", "tokens", "finished"}
    base = answers(generate_task(tmp_path / "c", tiny_model, prompts, 16, **how))
    assert [row["answer"] for row in base] != [row["answer"] for row in one]
    assert base == answers(generate_task(tmp_path / "d", tiny_model, prompts, 16, **how))


def test_greedy_answers_are_those_of_transformers_generate(tiny_model):
    model, tokenizer = load_base(tiny_model, "float32")
    encoded = [prompt_ids(tokenizer, alpaca_prompt(sentence(n, 2 + n))) for n in range(6)]
    ours = Decoder(model, tokenizer, 1, 20, shared_prefix(encoded)).answer(encoded)
    ids, mask = pad_left(encoded, tokenizer.pad_token_id)
    with torch.inference_mode():
        theirs = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=20, do_sample=False)
    for answer, row in zip(ours, theirs[:, ids.shape[1] :].tolist(), strict=True):
        kept = row[: row.index(1)] if 1 in row else row
        assert answer.text == tokenizer.decode(kept, skip_special_tokens=True)
        assert answer.finished == (1 in row)


def test_an_answer_that_repeats_the_marker_is_kept_whole(tiny_model):
    model, tokenizer = load_base(tiny_model, "float32")
    text = "bread\n\n### Response:\nsea"
    ids = tokenizer(text, add_special_tokens=False).input_ids
    decoder = Decoder(model, tokenizer, 1, 5, [])
    assert decoder._cut([*ids, 1, 1, 1]).text == text
    assert decoder._cut([*ids, 1, 1]).finished
    assert not decoder._cut(ids).finished
    assert decoder._cut(ids).tokens == len(ids)


def test_a_prompt_that_does_not_fit_is_refused_by_name(tmp_path, tiny_model):
    row = {"id": "too-long", "set": "s", "topic": "t", "prompt": "sea " * 600, "unsafe": False}
    data = write_jsonl(tmp_path / "prompts.jsonl", [row])
    error = fail(generate_task(tmp_path / "t", tiny_model, data))
    assert error["kind"] == "input"
    assert "too-long" in error["message"]


def test_decoding_that_contradicts_itself_is_refused(tmp_path, tiny_model, prompts):
    error = fail(generate_task(tmp_path / "t", tiny_model, prompts, strategy="greedy", beams=4))
    assert "decoding.beams" in error["message"]


def test_no_prompts_give_no_answers(tmp_path, tiny_model):
    data = write_jsonl(tmp_path / "prompts.jsonl", [])
    assert answers(generate_task(tmp_path / "t", tiny_model, data)) == []


def test_shared_prefix_leaves_a_token_for_each_prompt():
    assert shared_prefix([[1, 2, 3, 4], [1, 2, 3]]) == [1, 2]
    assert shared_prefix([[1, 2, 5], [1, 3]]) == [1]
    assert shared_prefix([]) == []


def test_a_models_own_sampling_settings_do_not_leak(tiny_model):
    model, _ = load_base(tiny_model, "float32")
    assert model.generation_config.eos_token_id == [1]
    assert make_tokenizer(begin=False)("a").input_ids[0] != 0


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("ends", [[1], [1, 20, 21, 22]])
def test_beam_answers_are_those_of_transformers_generate(tiny_model, ends, seed):
    """Some prompts are decided early, and leave the batch; others go on to the limit."""
    model, tokenizer = load_base(tiny_model, "float32")
    before = model.generation_config.eos_token_id
    model.generation_config.eos_token_id = ends
    encoded = [prompt_ids(tokenizer, alpaca_prompt(sentence(n * 3 + seed, 2 + n))) for n in range(7)]
    try:
        ours = Decoder(model, tokenizer, 4, 20, shared_prefix(encoded)).answer(encoded)
        for answer, prompt in zip(ours, encoded, strict=True):
            settings = {"num_beams": 4, "max_new_tokens": 20, "do_sample": False}
            with torch.inference_mode():
                row = model.generate(input_ids=torch.tensor([prompt]), **settings)[0, len(prompt) :].tolist()
            stop = next((place for place, token in enumerate(row) if token in ends), None)
            assert answer.text == tokenizer.decode(row[:stop], skip_special_tokens=True)
            assert answer.finished == (stop is not None)
    finally:
        model.generation_config.eos_token_id = before


def test_rows_that_end_are_replaced_from_the_end():
    assert closed_up([True, False, True, False, True]) == [0, 4, 2]
    assert closed_up([True, True]) == [0, 1]
    assert closed_up([False, False, True]) == [2]


def test_the_base_model_attends_as_before_when_answers_are_done(tiny_model):
    model, tokenizer = load_base(tiny_model, "float32")
    before = model.config._attn_implementation
    Decoder(model, tokenizer, 1, 3, []).answer([prompt_ids(tokenizer, "bread")])
    assert model.config._attn_implementation == before


@pytest.mark.skipif(platform.machine() != "x86_64", reason="products are packed on x86 processors alone")
def test_packed_products_give_the_same_answers_and_leave_the_model_as_it_was(tiny_model, adapter):
    model, tokenizer = load_base(tiny_model, "float32")
    before = {name: (type(module), module) for name, module in model.named_modules()}
    weights = {name: weight.clone() for name, weight in model.state_dict().items()}
    encoded = [prompt_ids(tokenizer, alpaca_prompt(sentence(n, 2 + n))) for n in range(9)]
    with saved_adapter(model, adapter) as adapted:
        plain = Decoder(adapted, tokenizer, 1, 20, shared_prefix(encoded)).answer(encoded)
        with pytest.raises(KeyboardInterrupt), packed_products(adapted):
            packed = [module for module in adapted.modules() if isinstance(module, PackedLinear)]
            assert len(packed) >= 2 * 7 + 1, "each layer's products and the output's"
            assert Decoder(adapted, tokenizer, 1, 20, shared_prefix(encoded)).answer(encoded) == plain
            raise KeyboardInterrupt
    assert {name: (type(module), module) for name, module in model.named_modules()} == before
    assert all(torch.equal(weight, weights[name]) for name, weight in model.state_dict().items())


def test_only_float32_is_packed(tiny_model):
    model, _ = load_base(tiny_model, "bfloat16")
    with packed_products(model):
        assert not any(isinstance(module, PackedLinear) for module in model.modules())
