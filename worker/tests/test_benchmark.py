import pytest

from conftest import fail, finetune_task, make_task, read_jsonl, sentence, succeed, write_jsonl
from repro_worker.errors import WorkerError
from repro_worker.tasks.benchmark import _rows

PARAMS = {"shots": 0, "limit": 0, "batchSize": 4, "dtype": "float32", "maxTokens": 256}


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    folder = tmp_path_factory.mktemp("items")
    boolq = [{"id": f"b-{n}", "passage": sentence(n, 12), "question": sentence(n, 4), "label": n % 2} for n in range(8)]
    piqa = [
        {"id": f"p-{n}", "goal": sentence(n), "sol1": sentence(n, 4), "sol2": sentence(n + 1, 5), "label": n % 2}
        for n in range(8)
    ]
    openbookqa = [
        {
            "id": f"o-{n}",
            "question_stem": sentence(n),
            "choices": {"text": [sentence(n + k, 2) for k in range(4)], "label": ["A", "B", "C", "D"]},
            "answerKey": "ABCD"[n % 4],
        }
        for n in range(8)
    ]
    closed = [{"id": row["id"], "question": row["question"], "label": row["label"]} for row in boolq]
    sets = {"boolq": boolq, "piqa": piqa, "openbookqa": openbookqa, "boolqClosedBook": closed}
    return {name: write_jsonl(folder / f"{name}.jsonl", rows) for name, rows in sets.items()}


def evaluate(folder, model, items, **changes):
    task = make_task(folder, "benchmark", PARAMS | changes, {"model": model, **items}, {"results": "results.jsonl"})
    metrics = succeed(task)["metrics"]
    assert not (task / "scratch").exists()
    return read_jsonl(task / "outputs/results.jsonl"), metrics


def test_every_benchmark_gives_finite_numbers_whatever_the_batch_size(tmp_path, tiny_model, items):
    rows, metrics = evaluate(tmp_path / "a", tiny_model, items)
    assert [(row["task"], row["metric"]) for row in rows] == [
        ("repro_boolq", "acc"),
        ("repro_boolq_closed_book", "acc"),
        ("repro_piqa", "acc"),
        ("repro_piqa", "acc_norm"),
        ("repro_openbookqa", "acc"),
        ("repro_openbookqa", "acc_norm"),
    ]
    for row in rows:
        assert 0 <= row["value"] <= 1
        assert row["standardError"] >= 0
        assert (row["n"], row["shots"], row["version"]) == (8, 0, "1.0")
        assert len(row["taskHash"]) == 64
    assert metrics["truncatedRequests"] == 0
    again, _ = evaluate(tmp_path / "b", tiny_model, items, batchSize=1)
    assert again == rows


@pytest.mark.parametrize("moved", ["boolq", "piqa"])
def test_a_row_moves_with_the_items_of_its_task_and_with_no_others(tmp_path, tiny_model, items, moved):
    """What `stages/benchmark.ts` says of its rows, for `repro trace --row`."""
    names = {"boolq": "repro_boolq", "piqa": "repro_piqa"}
    kept = {name: items[name] for name in names}
    turned = [row | {"label": 1 - row["label"]} for row in read_jsonl(items[moved])]
    changed = kept | {moved: write_jsonl(tmp_path / "turned.jsonl", turned[:-1])}
    before, _ = evaluate(tmp_path / "a", tiny_model, kept)
    after, _ = evaluate(tmp_path / "b", tiny_model, changed)
    for one, other in zip(before, after, strict=True):
        assert (one == other) == (one["task"] != names[moved])


def test_an_adapter_limits_shots_and_cut_contexts(tmp_path, tiny_model, items, mix):
    tuned = finetune_task(tmp_path / "t", tiny_model, mix, epochs=1)
    succeed(tuned)
    inputs = {"boolq": items["boolq"], "adapter": tuned / "outputs/adapter"}
    rows, metrics = evaluate(tmp_path / "a", tiny_model, inputs, limit=4, shots=1, maxTokens=16)
    assert (rows[0]["n"], rows[0]["shots"]) == (4, 1)
    assert metrics["truncatedRequests"] > 0


def test_too_few_items_and_wrong_shapes_are_input_errors(tmp_path, tiny_model, items):
    one = write_jsonl(tmp_path / "one.jsonl", read_jsonl(items["boolq"])[:1])
    task = make_task(tmp_path / "a", "benchmark", PARAMS, {"model": tiny_model, "boolq": one}, {"results": "r.jsonl"})
    assert "too few items" in fail(task)["message"]
    inputs = {"model": tiny_model, "piqa": items["boolq"]}
    task = make_task(tmp_path / "b", "benchmark", PARAMS, inputs, {"results": "r.jsonl"})
    assert fail(task)["where"] == "piqa:1"
    task = make_task(tmp_path / "c", "benchmark", PARAMS, {"model": tiny_model}, {"results": "r.jsonl"})
    assert "no benchmark" in fail(task)["message"]


@pytest.mark.parametrize(("value", "error"), [(float("nan"), 0.1), (0.5, float("nan")), (0.5, "N/A")])
def test_a_number_that_is_not_one_is_an_error(value, error):
    answer = {"results": {"x": {"acc,none": value, "acc_stderr,none": error}}}
    with pytest.raises(WorkerError, match="standard error"):
        _rows(answer, "x", "hash")
