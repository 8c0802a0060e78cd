"""The schemas that the stages generate, as the worker uses them."""

import json

import jsonschema
import pytest

from conftest import GENERATION, RECIPE, fail, finetune_task
from repro_worker.errors import WorkerError
from repro_worker.task import SCHEMAS, check_schema, known_tasks

TRAINING = {
    "objective": "regression",
    "architecture": {"kind": "pretrained"},
    "learningRate": 0.001,
    "epochs": 1,
    "batchSize": 1,
    "maxTokens": 8,
    "heldOutShare": 0.2,
    "seed": 1,
}
WHEEL = {"kind": "wheel", "package": "p", "file": "f"}
IMPORT = {"source": WHEEL, "role": "causal-lm", "dtype": "float32"}
BENCHMARK = {"shots": 0, "limit": 0, "batchSize": 1, "maxTokens": 64, "dtype": "float32"}
SCRATCH = {"kind": "scratch", "hiddenSize": 8, "layers": 1, "heads": 1, "vocabulary": 100}


@pytest.mark.parametrize("task", known_tasks())
def test_each_task_has_a_valid_schema_that_refuses_what_it_does_not_know(task):
    schema = json.loads((SCHEMAS / f"{task}.json").read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema).check_schema(schema)
    with pytest.raises(WorkerError):
        check_schema(task, {"nothing": "known"})


@pytest.mark.parametrize(
    ("task", "params"),
    [
        ("finetune", {"recipe": RECIPE, "dtype": "bfloat16", "seed": 0}),
        ("generate", GENERATION),
        ("train-reward", TRAINING),
        ("train-reward", TRAINING | {"objective": "preference", "architecture": SCRATCH}),
        ("score-reward", {"maxTokens": 8, "batchSize": 1}),
        ("benchmark", BENCHMARK),
        ("benchmark", BENCHMARK | {"official": True}),
        ("import-model", IMPORT),
        ("import-model", IMPORT | {"role": "encoder", "source": {"kind": "hub", "repository": "a/b", "revision": "c"}}),
    ],
)
def test_good_params_pass(task, params):
    check_schema(task, params)


@pytest.mark.parametrize(
    ("task", "params", "message"),
    [
        ("train-reward", TRAINING | {"epochs": 0}, "params.epochs: 0 is less than or equal to the minimum of 0"),
        ("train-reward", TRAINING | {"objective": "rank"}, "params.objective: 'rank' is not one of"),
        ("train-reward", {**TRAINING, "seed": None}, "params.seed: None is not of type 'integer'"),
        ("train-reward", TRAINING | {"architecture": {"kind": "big"}}, "params.architecture.kind: 'big' is not one of"),
        ("train-reward", TRAINING | {"architecture": {**SCRATCH, "heads": 0}}, "params.architecture.heads: 0 is less"),
        ("import-model", IMPORT | {"source": {"kind": "disk"}}, "params.source.kind: 'disk' is not one of"),
        (
            "import-model",
            IMPORT | {"source": {"kind": "hub", "repository": "a/b"}},
            "params.source: 'revision' is a req",
        ),
        ("import-model", IMPORT | {"role": "decoder"}, "params.role: 'decoder' is not one of"),
        ("generate", {**GENERATION, "dtype": "float16"}, "params.dtype: 'float16' is not one of"),
        (
            "benchmark",
            {**BENCHMARK, "shot": 1},
            "params: Additional properties are not allowed ('shot' was unexpected)",
        ),
    ],
)
def test_wrong_params_are_named_with_their_place(task, params, message):
    with pytest.raises(WorkerError) as caught:
        check_schema(task, params)
    assert caught.value.message.startswith(message)
    assert f"worker/schemas/{task}.json" in caught.value.remedy


def test_a_failed_task_leaves_kind_message_place_and_remedy(tmp_path, tiny_model, mix):
    error = fail(finetune_task(tmp_path, tiny_model, mix, rank=0))
    assert error == {
        "kind": "input",
        "message": "params.recipe.rank: 0 is less than or equal to the minimum of 0",
        "where": "task.json",
        "remedy": "Compare with worker/schemas/finetune.json.",
    }
    assert not (tmp_path / "outputs").exists()
