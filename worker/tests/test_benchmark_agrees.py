"""The benchmark task against the harness itself: its official wording, its own model class, the same items."""

import json
from pathlib import Path

import lm_eval
import pytest
import yaml
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager, get_task_dict
from transformers import AutoModelForCausalLM, AutoTokenizer

from conftest import make_task, read_jsonl, sentence, succeed, write_jsonl
from repro_worker.benchmark_tasks import render

OFFICIAL = Path(lm_eval.__file__).parent / "tasks"
PLACES = {
    "boolq": "super_glue/boolq/default.yaml",
    "piqa": "piqa/piqa.yaml",
    "openbookqa": "openbookqa/openbookqa.yaml",
    "boolqClosedBook": "super_glue/boolq/default.yaml",
}


def items(name: str) -> list[dict]:
    if name == "boolqClosedBook":
        return [{key: value for key, value in row.items() if key != "passage"} for row in items("boolq")]
    if name == "boolq":
        return [
            {"id": f"b-{n}", "passage": sentence(n, 10 + n % 7), "question": sentence(n, 4), "label": n * n % 3 % 2}
            for n in range(21)
        ]
    if name == "piqa":
        return [
            {"id": f"p-{n}", "goal": sentence(n), "sol1": sentence(n, 3), "sol2": sentence(n + 2, 6), "label": n % 2}
            for n in range(21)
        ]
    return [
        {
            "id": f"o-{n}",
            "question_stem": sentence(n, 7),
            "choices": {"text": [sentence(n * 4 + k, 1 + k) for k in range(4)], "label": list("ABCD")},
            "answerKey": "ABCD"[n * 3 % 4],
        }
        for n in range(21)
    ]


def directly(folder: Path, model: Path, name: str, data: Path, shots: int) -> dict[str, float]:
    """The harness's numbers for its official task with another data file."""
    config = yaml.safe_load((OFFICIAL / PLACES[name]).read_text(encoding="utf-8"))
    for split in ("dataset_name", "training_split", "test_split", "tag"):
        config.pop(split, None)
    if name == "boolqClosedBook":
        config["doc_to_text"] = config["doc_to_text"].removeprefix("{{passage}}\n")
        for field in ("should_decontaminate", "doc_to_decontamination_query"):
            config.pop(field)
    kwargs = {"data_files": {"validation": str(data)}, "cache_dir": str(folder / "cache")}
    config |= {"task": f"direct_{name}", "dataset_path": "json", "dataset_kwargs": kwargs}
    folder.mkdir()
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    lm = HFLM(
        pretrained=AutoModelForCausalLM.from_pretrained(model, dtype="float32"),
        tokenizer=AutoTokenizer.from_pretrained(model),
        batch_size=1,
        max_length=256,
        add_bos_token=True,
    )
    answer = simple_evaluate(
        model=lm,
        tasks=[config["task"]],
        num_fewshot=shots,
        task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        bootstrap_iters=0,
        log_samples=False,
    )
    values = answer["results"][config["task"]]
    return {metric: values[f"{metric},none"] for metric in ("acc", "acc_norm") if f"{metric},none" in values}


@pytest.mark.parametrize("shots", [0, 2])
@pytest.mark.parametrize("name", list(PLACES))
def test_it_gives_the_harnesss_own_numbers_for_its_official_task(tmp_path, tiny_model, name, shots):
    data = write_jsonl(tmp_path / f"{name}.jsonl", items(name))
    params = {"shots": shots, "limit": 0, "batchSize": 4, "dtype": "float32", "maxTokens": 256}
    inputs = {"model": tiny_model, name: data}
    task = make_task(tmp_path / "t", "benchmark", params, inputs, {"results": "results.jsonl"})
    succeed(task)
    ours = {row["metric"]: row["value"] for row in read_jsonl(task / "outputs/results.jsonl")}
    theirs = directly(tmp_path / "direct", tiny_model, name, data, shots)
    assert ours.keys() == theirs.keys()
    for metric, value in theirs.items():
        assert abs(ours[metric] - value) < 1e-7
    assert 0 < ours["acc"] < 1


def test_an_item_is_never_among_its_own_examples(tmp_path, tiny_model):
    """With as many examples as there are other items, each is asked with all the others and without itself."""
    data = write_jsonl(tmp_path / "piqa.jsonl", items("piqa")[:4])
    folder = tmp_path / "tasks"
    folder.mkdir()
    name = render("piqa", data, tmp_path / "cache", folder)
    found = get_task_dict([name], TaskManager(include_path=str(folder), include_defaults=False))[name]
    found.set_fewshot_seed(1)
    for item in found.test_docs():
        context = found.fewshot_context(item, 3)
        goals = [line for line in context.splitlines() if line.startswith("Question:")]
        assert len(goals) == len(set(goals)) == 4


def test_the_same_wording_has_the_same_hash_wherever_the_items_are(tmp_path, tiny_model):
    params = {"shots": 0, "limit": 2, "batchSize": 4, "dtype": "float32", "maxTokens": 256}
    hashes = []
    for name in ("one", "two"):
        data = write_jsonl(tmp_path / f"{name}.jsonl", items("piqa"))
        inputs = {"model": tiny_model, "piqa": data}
        task = make_task(tmp_path / name, "benchmark", params, inputs, {"results": "results.jsonl"})
        succeed(task)
        hashes.append([row["taskHash"] for row in read_jsonl(task / "outputs/results.jsonl")])
        assert str(tmp_path) not in json.dumps(read_jsonl(task / "outputs/results.jsonl"))
    assert hashes[0] == hashes[1]
