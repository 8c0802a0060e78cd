import hashlib
import json
import shutil
import time

import pytest
from safetensors.torch import load_file, save_file

from conftest import fail, finetune_task, make_task, read_jsonl, result_of, start_cold, succeed, write_jsonl
from repro_worker.models import load_base


def adapter_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "outputs" / "adapter").iterdir())}


def weights_digest(model):
    whole = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        whole.update(name.encode() + tensor.numpy().tobytes())
    return whole.hexdigest()


def test_it_trains_an_adapter_and_leaves_the_base_as_it_was(tmp_path, tiny_model, mix):
    base, _ = load_base(tiny_model, "float32")
    before, modules = weights_digest(base), [type(module) for module in base.modules()]
    folder = finetune_task(tmp_path / "a", tiny_model, mix)
    metrics = succeed(folder)["metrics"]
    again, _ = load_base(tiny_model, "float32")
    assert again is base
    assert weights_digest(base) == before
    assert [type(module) for module in base.modules()] == modules
    report = json.loads((folder / "outputs" / "report.json").read_text())
    assert report["steps"] == 20
    assert [step for step, _ in report["lossByStep"]] == list(range(1, 21))
    assert report["lossByStep"][-1][1] < report["lossByStep"][0][1]
    best = min(report["validationLossByStep"], key=lambda point: point[1])
    assert report["bestStep"] == best[0]
    assert metrics["trainingRows"] == 40
    assert metrics["validationRows"] == 4
    last = read_jsonl(folder / "progress.jsonl")[-1]
    assert (last["step"], last["total"], last["unit"]) == (20, 20, "steps")


def test_the_same_task_gives_the_same_bytes_and_another_seed_others(tmp_path, tiny_model, mix):
    first = finetune_task(tmp_path / "a", tiny_model, mix)
    second = finetune_task(tmp_path / "b", tiny_model, mix)
    other = finetune_task(tmp_path / "c", tiny_model, mix)
    task = json.loads((other / "task.json").read_text())
    task["params"]["seed"] = 2
    (other / "task.json").write_text(json.dumps(task))
    for folder in (first, second, other):
        succeed(folder)
    assert adapter_bytes(first) == adapter_bytes(second)
    name = "adapter_model.safetensors"
    assert adapter_bytes(first)[name] != adapter_bytes(other)[name]
    assert str(tmp_path) not in adapter_bytes(first)["adapter_config.json"].decode()


def test_micro_batches_and_grouping_do_not_lose_rows(tmp_path, tiny_model, mix):
    whole = finetune_task(tmp_path / "a", tiny_model, mix, microBatchSize=4, dropout=0.0, epochs=1)
    split = finetune_task(tmp_path / "b", tiny_model, mix, microBatchSize=1, dropout=0.0, epochs=1)
    grouped = finetune_task(tmp_path / "c", tiny_model, mix, groupByLength=True, epochs=1)
    tokens = [succeed(folder)["metrics"]["tokens"] for folder in (whole, split, grouped)]
    assert len(set(tokens)) == 1
    left, right = (load_file(folder / "outputs/adapter/adapter_model.safetensors") for folder in (whole, split))
    for name, tensor in left.items():
        assert (tensor - right[name]).abs().max() < 1e-3


def test_a_killed_training_resumes_and_ends_with_the_same_bytes(tmp_path, tiny_model, mix):
    undisturbed = finetune_task(tmp_path / "a", tiny_model, mix, epochs=8)
    succeed(undisturbed)
    killed = finetune_task(tmp_path / "b", tiny_model, mix, epochs=8)
    process = start_cold(killed, REPRO_CHECKPOINT_SECONDS="0", REPRO_STRICT="1")
    checkpoint = killed / "state" / "checkpoint.safetensors"
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    time.sleep(0.1)
    process.kill()
    process.communicate()
    assert checkpoint.exists()
    assert not (killed / "result.json").exists()
    (killed / "progress.jsonl").unlink(missing_ok=True)
    metrics = succeed(killed)["metrics"]
    assert metrics["tokens"] == result_of(undisturbed)["metrics"]["tokens"]
    assert adapter_bytes(killed) == adapter_bytes(undisturbed)
    assert (killed / "outputs/report.json").read_bytes() == (undisturbed / "outputs/report.json").read_bytes()
    assert not checkpoint.exists()


def test_a_checkpoint_of_other_work_is_passed_over(tmp_path, tiny_model, mix):
    import torch

    from repro_worker.checkpoint import CheckpointFile

    CheckpointFile(tmp_path, "other").save({"weights/x": torch.zeros(2)}, {"step": 5})
    assert CheckpointFile(tmp_path, "this").load() is None
    assert CheckpointFile(tmp_path, "other").load().facts == {"step": 5}
    (tmp_path / "checkpoint.safetensors").write_bytes(b"half a file")
    assert CheckpointFile(tmp_path, "other").load() is None


def test_long_rows_are_cut_and_counted_and_empty_answers_are_learnt_as_silence(tmp_path, tiny_model):
    rows = [
        {"id": "long", "instruction": "bread", "input": "", "output": "sea " * 300, "source": "g"},
        {"id": "no-room", "instruction": "bread " * 300, "input": "", "output": "sea", "source": "g"},
        {"id": "empty", "instruction": "bread", "input": "", "output": "", "source": "g"},
    ]
    data = write_jsonl(tmp_path / "mix.jsonl", rows)
    folder = finetune_task(tmp_path / "t", tiny_model, data, validationRows=0, keepBest=False, epochs=1)
    metrics = succeed(folder)["metrics"]
    report = json.loads((folder / "outputs/report.json").read_text())
    assert report["truncatedRows"] == 2
    assert metrics["rowsWithoutAnswer"] == 1
    assert metrics["trainingRows"] == 2
    assert report["bestStep"] is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"targets": ["query_key_value"]}, "query_key_value"),
        ({"keepBest": True, "validationRows": 0}, "keepBest"),
        ({"cutoffTokens": 4096}, "cutoffTokens"),
        ({"validationRows": 44}, "no row is left"),
        ({"schedule": "steps"}, "schedule"),
    ],
)
def test_wrong_recipes_are_input_errors_that_name_the_field(tmp_path, tiny_model, mix, changes, part):
    error = fail(finetune_task(tmp_path / "t", tiny_model, mix, **changes))
    assert error["kind"] == "input"
    assert part in error["message"]
    assert error["remedy"]


def test_a_loss_that_is_not_finite_fails_and_writes_no_adapter(tmp_path, tiny_model, mix):
    broken = shutil.copytree(tiny_model, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights["model.norm.weight"][0] = float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    folder = finetune_task(tmp_path / "t", broken, mix)
    error = fail(folder)
    assert "loss became nan at step 1" in error["message"]
    assert not (folder / "outputs/adapter").exists()


def test_a_broken_mix_names_file_and_line(tmp_path, tiny_model):
    good = '{"id": "a", "instruction": "x", "input": "", "output": "y"}\n'
    data = tmp_path / "mix.jsonl"
    data.write_text(good + '{"id": "b", "instruction": "x", "output": "y"}\n')
    inputs = {"model": tiny_model, "mix.jsonl": data}
    folder = make_task(tmp_path / "t", "finetune", {}, inputs, {"adapter": "a", "report": "r.json"})
    task = json.loads((folder / "task.json").read_text())
    task["inputs"] = {"model": "inputs/model", "mix": "inputs/mix.jsonl"}
    from conftest import RECIPE

    task["params"] = {"recipe": RECIPE, "dtype": "float32", "seed": 1}
    (folder / "task.json").write_text(json.dumps(task))
    error = fail(folder)
    assert error["where"] == "mix.jsonl:2"
    assert '"input"' in error["message"]
