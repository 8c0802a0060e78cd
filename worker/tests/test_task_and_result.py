import json

import pytest
import torch

from conftest import GENERATION, make_task
from repro_worker import result
from repro_worker.errors import UndeclaredInputError, WorkerError
from repro_worker.jsonl import read_rows, write_rows
from repro_worker.task import check_schema, read_task


@pytest.mark.parametrize(
    ("line", "part"),
    [("{", "not valid JSON"), ("[1]", "not a JSON object"), ('{"a": NaN}', "NaN"), ('{"b": 1}', '"a" is missing')],
)
def test_a_bad_line_is_named(tmp_path, line, part):
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n\n' + line + "\n")
    with pytest.raises(WorkerError) as caught:
        read_rows(path, {"a": int})
    assert part in caught.value.message
    assert caught.value.where == "x.jsonl:3"


def test_wrong_types_repeats_and_other_encodings_are_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": true}\n')
    with pytest.raises(WorkerError, match="wrong type"):
        read_rows(path, {"a": int})
    path.write_text('{"a": "x"}\n{"a": "x"}\n')
    with pytest.raises(WorkerError, match="twice"):
        read_rows(path, {"a": str}, unique="a")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(WorkerError, match="UTF-8"):
        read_rows(path, {})


def test_line_separators_inside_strings_do_not_split_rows(tmp_path):
    rows = [{"text": "a\u2028b\u0085c\r\nd"}]
    write_rows(tmp_path / "x.jsonl", rows)
    assert read_rows(tmp_path / "x.jsonl", {"text": str}) == rows
    with pytest.raises(ValueError, match="JSON"):
        write_rows(tmp_path / "x.jsonl", [{"value": float("nan")}])


def edit(folder, **changes):
    value = json.loads((folder / "task.json").read_text())
    (folder / "task.json").write_text(json.dumps(value | changes))
    return folder


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"version": 2}, "version"),
        ({"task": "train"}, "task is 'train'"),
        ({"inputs": {"model": "../model"}}, "leads out"),
        ({"inputs": {"model": "/model"}}, "leads out"),
        ({"inputs": {"model": "inputs/none"}}, "does not exist"),
        ({"params": 3}, "params"),
    ],
)
def test_wrong_tasks_are_told(tmp_path, changes, part):
    folder = edit(make_task(tmp_path, "generate", GENERATION, {}, {}), **changes)
    with pytest.raises(WorkerError, match=part):
        read_task(folder)


def test_params_are_checked_against_the_generated_schema(tmp_path):
    schema = {"type": "object", "properties": {"recipe": {"properties": {"rank": {"type": "integer"}}}}}
    (tmp_path / "finetune.json").write_text(json.dumps(schema))
    check_schema("finetune", {"recipe": {"rank": 4}}, tmp_path)
    check_schema("generate", {"anything": 1}, tmp_path)
    with pytest.raises(WorkerError, match=r"params\.recipe\.rank"):
        check_schema("finetune", {"recipe": {"rank": "four"}}, tmp_path)


def test_errors_become_results_of_the_right_kind():
    assert result.failed(MemoryError())["error"]["kind"] == "memory"
    assert result.failed(torch.OutOfMemoryError("CUDA out of memory."))["error"]["kind"] == "memory"
    allocator = RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes.")
    assert result.failed(allocator)["error"]["kind"] == "memory"
    assert result.failed(UndeclaredInputError("reading x was refused"))["error"]["kind"] == "input"
    assert result.failed(OSError(28, "No space left on device"))["error"]["message"] == "the disk is full"
    internal = result.failed(KeyError("x"))["error"]
    assert internal["kind"] == "internal"
    assert internal["remedy"]
    with pytest.raises(WorkerError, match="loss"):
        result.done({"loss": float("nan")}, {}, {}, {})


def test_a_real_allocation_failure_is_read_as_memory():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert result.failed(caught.value)["error"]["kind"] == "memory"
