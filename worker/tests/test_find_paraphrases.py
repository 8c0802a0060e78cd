import pytest
import torch
from transformers import BertConfig, BertModel

from conftest import ENCODER, fail, import_task, make_task, make_tokenizer, read_jsonl, sentence, succeed, write_jsonl

PARAMS = {"threshold": 0.75, "maxTokens": 64, "batchSize": 4}


def texts(path, *rows):
    return write_jsonl(path, [{"id": name, "text": text} for name, text in rows])


def paraphrases(folder, model, training, evaluation, **changes):
    inputs = {
        "model": model,
        "training": texts(folder / "training.jsonl", *training),
        "evaluation": texts(folder / "evaluation.jsonl", *evaluation),
    }
    outputs = {"paraphrases": "paraphrases.jsonl"}
    return make_task(folder / "t", "find-paraphrases", PARAMS | changes, inputs, outputs)


def found(folder, *given, **changes):
    task = paraphrases(folder, *given, **changes)
    succeed(task)
    return read_jsonl(task / "outputs/paraphrases.jsonl")


@pytest.fixture(scope="module")
def tiny_encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "encoder"
    torch.manual_seed(1)
    tokenizer = make_tokenizer(begin=False)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(tokenizer), initializer_range=0.5, **sizes)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_equal_texts_have_cosine_one_whatever_else_is_in_the_batch(tmp_path, tiny_encoder):
    rows = [(f"r-{n}", sentence(n, 2 + n)) for n in range(6)]
    pairs = found(tmp_path, tiny_encoder, rows, rows[::-1], threshold=0.9999, batchSize=3)
    assert [(pair["trainingId"], pair["evaluationId"]) for pair in pairs] == [(name, name) for name, _ in rows]
    assert all(pair["similarity"] == 1.0 for pair in pairs)


def test_an_id_that_comes_twice_and_a_missing_text_are_errors(tmp_path, tiny_encoder):
    twice = paraphrases(tmp_path, tiny_encoder, [("a", "x"), ("a", "y")], [("b", "z")])
    assert 'id "a" appears twice' in fail(twice)["message"]


def test_the_packaged_encoder_tells_paraphrases_from_other_texts(tmp_path):
    model = import_task(tmp_path / "import", ENCODER, "encoder", "float32")
    succeed(model)
    evaluation = [
        ("bears", "Why should visitors not feed the bears?"),
        ("moon", "Why do we always see one side of the Moon?"),
    ]
    training = [
        ("bears-again", "What is the reason that guests must never give food to bears?"),
        ("moon-again", "Why is it always one and the same side of the Moon that we see?"),
        ("bears-other", "How long do bears sleep in winter?"),
        ("bread", "Simple white bread, please, step by step."),
    ]
    pairs = found(tmp_path, model / "outputs/model", training, evaluation)
    assert [(pair["trainingId"], pair["evaluationId"]) for pair in pairs] == [
        ("bears-again", "bears"),
        ("moon-again", "moon"),
    ]
