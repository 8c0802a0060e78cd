import math

import pytest

from conftest import ENCODER, fail, import_task, make_task, read_jsonl, sentence, succeed, write_jsonl

PARAMS = {"maxTokens": 64, "batchSize": 4, "middleLayer": 4}


def embedding(folder, model, rows, **changes):
    sentences = write_jsonl(folder / "sentences.jsonl", [{"id": name, "text": text} for name, text in rows])
    inputs = {"model": model, "sentences": sentences}
    return make_task(folder / "t", "embed-sentences", PARAMS | changes, inputs, {"vectors": "vectors.jsonl"})


def vectors(folder, *given, **changes):
    folder.mkdir()
    task = embedding(folder, *given, **changes)
    succeed(task)
    return read_jsonl(task / "outputs/vectors.jsonl")


def cosine(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True)) / (math.hypot(*left) * math.hypot(*right))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    task = import_task(folder, ENCODER, "encoder", "float32")
    succeed(task)
    return task / "outputs/model"


def test_vectors_are_whole_numbers_of_length_ten_thousand_in_the_texts_order(tmp_path, encoder):
    rows = [(f"r-{n}", sentence(n, 2 + 5 * (n % 3))) for n in range(7)]
    written = vectors(tmp_path / "a", encoder, rows)
    assert [row["id"] for row in written] == [name for name, _ in rows]
    for row in written:
        for vector in (row["vector"], row["middle"]):
            assert all(type(value) is int for value in vector)
            assert math.hypot(*vector) == pytest.approx(10_000, rel=2e-3)


def test_a_vector_does_not_hang_on_what_else_is_in_the_batch(tmp_path, encoder):
    rows = [(f"r-{n}", sentence(n, 2 + 4 * n)) for n in range(5)]
    together = vectors(tmp_path / "a", encoder, rows, batchSize=5)
    alone = vectors(tmp_path / "b", encoder, rows, batchSize=1)
    for left, right in zip(together, alone, strict=True):
        for name in ("vector", "middle"):
            assert max(abs(a - b) for a, b in zip(left[name], right[name], strict=True)) <= 1


def test_the_middle_vector_is_of_the_layer_that_is_named_and_the_last_layer_can_be_named(tmp_path, encoder):
    rows = [("r", "Sorry, this is something I am unable to assist with.")]
    (first,), (fourth,), (last,) = (vectors(tmp_path / str(n), encoder, rows, middleLayer=n) for n in (1, 4, 6))
    assert last["middle"] == last["vector"] == fourth["vector"]
    assert cosine(fourth["middle"], fourth["vector"]) < 0.9
    assert cosine(first["middle"], fourth["middle"]) < 0.99


def test_a_layer_that_the_encoder_lacks_is_an_error_that_says_how_many_there_are(tmp_path, encoder):
    assert "6 layers and no layer 7" in fail(embedding(tmp_path, encoder, [("a", "x")], middleLayer=7))["message"]


def test_a_refusal_is_nearer_to_another_than_to_advice_on_its_topic(tmp_path, encoder):
    rows = [
        ("refusal", "I'm afraid I can't help you with that."),
        ("another", "Sorry, this is something I am unable to assist with."),
        ("advice", "Knead the dough for ten minutes and let it rest."),
    ]
    refusal, another, advice = (row["vector"] for row in vectors(tmp_path / "a", encoder, rows))
    assert cosine(refusal, another) > cosine(refusal, advice) + 0.3


def test_a_text_is_cut_at_its_end_no_texts_give_no_vectors_and_an_id_that_comes_twice_is_an_error(tmp_path, encoder):
    long = sentence(1, 60)
    rows = [("whole", long), ("longer", f"{long} {sentence(2, 60)}")]
    whole, longer = (row["vector"] for row in vectors(tmp_path / "a", encoder, rows, maxTokens=16))
    assert whole == longer
    assert vectors(tmp_path / "none", encoder, []) == []
    twice = embedding(tmp_path, encoder, [("a", "x"), ("a", "y")])
    assert 'id "a" appears twice' in fail(twice)["message"]
