"""Reward models that others published, and quality by cross-validation: scores, reports and what is dropped."""

import json

import pytest
from test_hub import published_reward
from test_reward import SCRATCH, answers, encoder_folder, params, rated, scores
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from conftest import WORDS, fail, make_task, read_jsonl, sentence, succeed, write_jsonl


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return published_reward(tmp_path_factory.mktemp("published") / "reward")


def directly(folder, *texts: str) -> float:
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype="float32").eval()
    return model(**AutoTokenizer.from_pretrained(folder)(*texts, return_tensors="pt")).logits.item()


def test_a_published_checkpoint_scores_the_conversation_as_its_authors_do(tmp_path, published):
    rows = answers(9)
    found = scores(tmp_path / "t", published, rows, batch=4, max_tokens=512)
    for row in rows:
        text = f"\n\nHuman: {row['prompt']}\n\nAssistant: {row['answer']}"
        assert abs(found[row["id"]]["score"] - directly(published, text)) < 1e-5


def test_a_published_score_depends_on_neither_batch_size_nor_order(tmp_path, published):
    rows = answers(21)
    one = scores(tmp_path / "a", published, rows, 1)
    many = scores(tmp_path / "b", published, list(reversed(rows)), 16)
    assert all(abs(row["score"] - many[name]["score"]) < 1e-5 for name, row in one.items())
    assert len({round(row["score"], 4) for row in one.values()}) > 10


def test_a_pair_is_given_to_the_tokenizer_as_two_texts_and_the_answer_is_cut(tmp_path, published):
    rows = answers(6)
    data = write_jsonl(tmp_path / "answers.jsonl", rows)
    inputs = {"reward": published, "answers": data}

    def pair_scores(name: str, most: int) -> list[dict]:
        settings = {"maxTokens": most, "batchSize": 4, "reads": "pair"}
        task = make_task(tmp_path / name, "score-reward", settings, inputs, {"scores": "scores.jsonl"})
        succeed(task)
        return read_jsonl(task / "outputs/scores.jsonl")

    for row, found in zip(rows, pair_scores("whole", 512), strict=True):
        assert abs(found["score"] - directly(published, row["prompt"], row["answer"])) < 1e-5
        assert not found["truncated"]
    cut = pair_scores("cut", 12)
    assert any(row["truncated"] for row in cut)
    tiny = pair_scores("tiny", 4)
    assert all(row["truncated"] for row in tiny if row["id"] != "a-0")


def test_a_published_checkpoint_is_checked_on_rated_and_on_compared_answers(tmp_path, published):
    settings = {"objective": "regression", "maxTokens": 128, "batchSize": 8}
    data = write_jsonl(tmp_path / "rated.jsonl", rated())
    inputs = {"reward": published, "pairs": data}
    task = make_task(tmp_path / "a", "check-reward", settings, inputs, {"report": "report.json"})
    succeed(task)
    report = json.loads((task / "outputs/report.json").read_text())
    assert (report["trainingPairs"], report["heldOutPairs"], report["truncatedPairs"]) == (0, 90, 0)
    assert report["baselineMeanSquaredError"] is None
    assert report["meanSquaredError"] > 0
    assert -1 <= report["scoreRefusalCorrelation"] <= 1
    rows = compared(12)
    inputs = {"reward": published, "pairs": write_jsonl(tmp_path / "compared.jsonl", rows)}
    settings |= {"objective": "preference"}
    task = make_task(tmp_path / "b", "check-reward", settings, inputs, {"report": "r.json"})
    succeed(task)
    report = json.loads((task / "outputs/r.json").read_text())
    right = 0
    for row in rows:
        both = [directly(published, f"\n\nHuman: {row['prompt']}\n\nAssistant: {row[side]}") for side in SIDES]
        right += both[1] > both[0]
    assert report["pairAccuracy"] == pytest.approx(right / 12, abs=1e-6)


SIDES = ("chosen", "rejected")


def compared(count: int) -> list[dict]:
    """Rejected answers have "moon" in them; two pairs for each prompt."""
    return [
        {
            "id": f"c-{n}",
            "prompt": f"{sentence(n // 2, 3)} {n // 2}",
            "chosen": f"lamp {WORDS[n % 11]} {sentence(n, 2)}".replace("moon", "lamp"),
            "rejected": f"moon {WORDS[n % 11]} {sentence(n, 2)}",
        }
        for n in range(count)
    ]


def cross_validation(folder, rows, dropped=(), published=None, **changes):
    settings = params(architecture=SCRATCH, epochs=6, folds=4) | changes
    for name in ("objective", "heldOutShare"):
        settings.pop(name)
    overlaps = [
        {"trainingId": name, "evaluationId": "e", "set": "s", "kind": kind, "similarity": 1.0} for name, kind in dropped
    ]
    inputs = {
        "pairs": write_jsonl(folder.parent / f"{folder.name}.jsonl", rows),
        "published": write_jsonl(folder.parent / f"{folder.name}-published.jsonl", published or rows),
        "overlaps": write_jsonl(folder.parent / f"{folder.name}-overlaps.jsonl", overlaps),
    }
    return make_task(folder, "cross-validate-reward", settings, inputs, {"report": "report.json"})


def test_each_pair_is_judged_by_a_model_that_did_not_see_its_prompt(tmp_path):
    rows = compared(48)
    kept = [row for row in rows if row["id"] not in ("c-0", "c-1", "c-4")]
    dropped = [("c-0", "exact"), ("c-1", "near"), ("c-4", "paraphrase")]
    task = cross_validation(tmp_path / "t", kept, dropped, rows)
    succeed(task)
    report = json.loads((task / "outputs/report.json").read_text())
    assert (report["folds"], report["pairs"], report["prompts"]) == (4, 45, 23)
    assert (report["droppedPairs"], report["droppedPrompts"]) == (3, 2)
    assert [report[kind] for kind in ("exact", "near", "paraphrase")] == [1, 1, 1]
    assert report["pairAccuracy"] > 0.8
    assert 0 <= report["standardError"] < 0.1
    assert len(report["byFold"]) == 4
    steps = [row["step"] for row in read_jsonl(task / "progress.jsonl")]
    assert steps == sorted(steps)


def test_what_a_prompt_alone_tells_is_not_learned_by_cross_validation(tmp_path):
    """Where one answer is right for half of the prompts and the other one for the rest, nothing is learned."""
    both = ("lamp", "moon")
    rows = [
        {"id": f"c-{n}", "prompt": f"{n * 7919}", "chosen": both[n % 2], "rejected": both[1 - n % 2]} for n in range(40)
    ]
    task = cross_validation(tmp_path / "t", rows)
    succeed(task)
    report = json.loads((task / "outputs/report.json").read_text())
    assert 0.2 < report["pairAccuracy"] < 0.8
    assert report["standardError"] > 0.04


def test_too_few_prompts_and_overlaps_of_other_pairs_are_input_errors(tmp_path):
    assert "can't make 4 folds" in fail(cross_validation(tmp_path / "a", compared(6)))["message"]
    error = fail(cross_validation(tmp_path / "b", compared(16), [("other", "near")], epochs=1))
    assert error["where"] == "overlaps"


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_regression_on_a_pretrained_model_learns_ratings(tmp_path, tiny_model, kind):
    model = encoder_folder(tmp_path / "encoder") if kind == "encoder" else tiny_model
    data = write_jsonl(tmp_path / "rated.jsonl", rated())
    settings = params(architecture={"kind": "pretrained"}, learningRate=3e-3, epochs=12)
    outputs = {"reward": "reward", "report": "report.json"}
    task = make_task(tmp_path / "t", "train-reward", settings, {"pairs": data, "model": model}, outputs)
    succeed(task)
    report = json.loads((task / "outputs/report.json").read_text())
    assert report["meanSquaredError"] < report["baselineMeanSquaredError"]
    assert report["spearman"] > 0.5
    assert report["scoreRefusalCorrelation"] < 0
    rows = answers(13)
    one = scores(tmp_path / "one", task / "outputs/reward", rows, 1)
    many = scores(tmp_path / "many", task / "outputs/reward", list(reversed(rows)), 8)
    assert all(abs(row["score"] - many[name]["score"]) < 1e-5 for name, row in one.items())


def test_pairs_that_are_cut_in_training_are_counted(tmp_path):
    data = write_jsonl(tmp_path / "rated.jsonl", rated())
    outputs = {"reward": "reward", "report": "report.json"}
    task = make_task(tmp_path / "t", "train-reward", params(epochs=1, maxTokens=10), {"pairs": data}, outputs)
    succeed(task)
    assert json.loads((task / "outputs/report.json").read_text())["truncatedPairs"] == 90
