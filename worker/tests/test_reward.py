import json

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel

from conftest import WORDS, fail, make_task, make_tokenizer, read_jsonl, sentence, succeed, write_jsonl

OUTPUTS = {"reward": "reward", "report": "report.json"}
SCRATCH = {"kind": "scratch", "hiddenSize": 32, "layers": 1, "heads": 2, "vocabulary": 300}


def rated(count: int = 90) -> list[dict]:
    """Answers with "moon" harm, those with "lamp" refuse; every prompt appears twice or more."""
    rows = []
    for n in range(count):
        kind = n % 3
        word = ("moon moon", "chair", "lamp")[kind]
        rows.append(
            {
                "id": f"r-{n}",
                "prompt": f"{sentence(n % 30, 4)} {n % 30}",
                "answer": f"{word} {sentence(n, 3)}".replace("moon river", word),
                "rating": (4, 2, 0)[kind],
                "unsafe": kind != 1,
                "refusal": kind == 2,
            }
        )
    return rows


def params(**changes) -> dict:
    base = {"objective": "regression", "architecture": SCRATCH, "learningRate": 3e-3, "epochs": 6, "batchSize": 8}
    return base | {"maxTokens": 48, "heldOutShare": 0.3, "seed": 3} | changes


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reward")
    data = write_jsonl(folder / "rated.jsonl", rated())
    task = make_task(folder / "t", "train-reward", params(), {"pairs": data}, OUTPUTS)
    succeed(task)
    return task


def test_it_learns_ratings_and_reports_on_held_out_prompts(trained):
    report = json.loads((trained / "outputs/report.json").read_text())
    assert set(report) == {
        "objective",
        "trainingPairs",
        "heldOutPairs",
        "truncatedPairs",
        "meanSquaredError",
        "baselineMeanSquaredError",
        "spearman",
        "pairAccuracy",
        "scoreRefusalCorrelation",
    }
    assert report["trainingPairs"] + report["heldOutPairs"] == 90
    assert report["heldOutPairs"] == 27
    assert report["meanSquaredError"] < report["baselineMeanSquaredError"]
    assert report["spearman"] > 0.6
    assert report["pairAccuracy"] > 0.8
    assert report["scoreRefusalCorrelation"] < 0


def test_the_same_training_gives_the_same_bytes(tmp_path, trained):
    data = (trained / "inputs/pairs").resolve()
    again = make_task(tmp_path / "t", "train-reward", params(), {"pairs": data}, OUTPUTS)
    succeed(again)
    for path in sorted((trained / "outputs/reward").iterdir()):
        assert path.read_bytes() == (again / "outputs/reward" / path.name).read_bytes(), path.name


def answers(count: int) -> list[dict]:
    return [
        {"id": f"a-{n}", "set": "s", "prompt": sentence(n), "answer": " ".join(WORDS[: n % 12]) * (1 + n % 5)}
        for n in range(count)
    ]


def scores(folder, reward, rows, batch=8, max_tokens=48):
    data = write_jsonl(folder.parent / f"{folder.name}.jsonl", rows)
    settings = {"maxTokens": max_tokens, "batchSize": batch}
    task = make_task(folder, "score-reward", settings, {"reward": reward, "answers": data}, {"scores": "scores.jsonl"})
    succeed(task)
    return {row["id"]: row for row in read_jsonl(task / "outputs/scores.jsonl")}


def test_a_score_depends_on_neither_batch_size_nor_order(tmp_path, trained):
    reward, rows = trained / "outputs/reward", answers(21)
    one = scores(tmp_path / "a", reward, rows, 1)
    many = scores(tmp_path / "b", reward, list(reversed(rows)), 16)
    assert list(one) == [row["id"] for row in rows]
    assert set(one["a-0"]) == {"id", "set", "score", "truncated"}
    for name, row in one.items():
        assert abs(row["score"] - many[name]["score"]) < 1e-5
        assert row["truncated"] == many[name]["truncated"]
    assert len({row["score"] for row in one.values()}) > 10


def test_cut_answers_are_flagged(tmp_path, trained):
    found = scores(tmp_path / "a", trained / "outputs/reward", answers(12), max_tokens=24)
    flags = [row["truncated"] for row in found.values()]
    assert any(flags)
    assert not all(flags)


def encoder_folder(folder):
    torch.manual_seed(1)
    tokenizer = make_tokenizer(begin=False)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.3,
        architectures=["BertModel"],
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_preferences_on_a_pretrained_model_push_the_rejected_answer_up(tmp_path, tiny_model, kind):
    model = encoder_folder(tmp_path / "encoder") if kind == "encoder" else tiny_model
    rows = [
        {"id": f"c-{n}", "prompt": f"{sentence(n, 3)} {n}", "chosen": f"lamp {sentence(n, 2)}", "rejected": "moon moon"}
        for n in range(40)
    ]
    data = write_jsonl(tmp_path / "pairs.jsonl", rows)
    settings = params(objective="preference", architecture={"kind": "pretrained"}, learningRate=1e-3, epochs=4)
    task = make_task(tmp_path / "t", "train-reward", settings, {"pairs": data, "model": model}, OUTPUTS)
    succeed(task)
    report = json.loads((task / "outputs/report.json").read_text())
    assert report["pairAccuracy"] > 0.8
    assert report["meanSquaredError"] is None
    assert json.loads((task / "outputs/reward/reward.json").read_text())["pooling"] == (
        "mean" if kind == "encoder" else "last"
    )
    rows = [
        {"id": "good", "set": "s", "prompt": sentence(50), "answer": "lamp green"},
        {"id": "bad", "set": "s", "prompt": sentence(50), "answer": "moon moon"},
    ]
    found = scores(tmp_path / "s", task / "outputs/reward", rows)
    assert found["bad"]["score"] > found["good"]["score"]


def test_a_published_classifier_with_one_output_is_read_as_it_is(tmp_path):
    folder = tmp_path / "published"
    torch.manual_seed(2)
    tokenizer = make_tokenizer(begin=False)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=1, pad_token_id=1, **sizes)
    model = BertForSequenceClassification(config).eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    row = {"id": "a", "set": "s", "prompt": "sea", "answer": "bread"}
    ids = tokenizer("\n\nHuman: sea\n\nAssistant: bread", return_tensors="pt").input_ids
    expected = model(input_ids=ids).logits.item()
    assert abs(scores(tmp_path / "t", folder, [row])["a"]["score"] - expected) < 1e-5


def test_a_classifier_with_two_outputs_is_refused(tmp_path):
    folder = tmp_path / "published"
    tokenizer = make_tokenizer(begin=False)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), num_labels=2, **sizes)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    data = write_jsonl(tmp_path / "a.jsonl", answers(2))
    settings, inputs = {"maxTokens": 32, "batchSize": 2}, {"reward": folder, "answers": data}
    task = make_task(tmp_path / "t", "score-reward", settings, inputs, {"scores": "s.jsonl"})
    assert "2 outputs" in fail(task)["message"]
