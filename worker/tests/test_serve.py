import json
import signal
import subprocess
import sys

import pytest

from conftest import environment, fail, finetune_task, generate_task, make_task, result_of, start_cold


def outputs(folder):
    paths = sorted(path for path in (folder / "outputs").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def serve(folders, *more_lines, **extra):
    lines = [json.dumps({"id": folder.name, "folder": str(folder)}) for folder in folders]
    process = subprocess.run(
        [sys.executable, "-m", "repro_worker.serve"],
        input="\n".join([*more_lines, *lines]) + "\n",
        capture_output=True,
        text=True,
        env=environment(**extra),
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in process.stdout.splitlines()], process.stderr


@pytest.fixture
def three_tasks(tiny_model, mix, prompts):
    def make(root):
        wrong = finetune_task(root / "wrong", tiny_model, mix, targets=["nothing"])
        train = finetune_task(root / "train", tiny_model, mix, epochs=1)
        answer = generate_task(root / "answer", tiny_model, prompts)
        return train, wrong, answer

    return make


def test_a_warm_worker_gives_the_bytes_of_a_cold_one_in_any_order(tmp_path, three_tasks):
    cold = three_tasks(tmp_path / "cold")
    for folder in cold:
        start_cold(folder, REPRO_STRICT="1").communicate()
    for name, order in (("forth", 1), ("back", -1)):
        warm = three_tasks(tmp_path / name)
        events, _ = serve(warm[::order], REPRO_STRICT="1")
        ends = {"train": "done", "wrong": "failed", "answer": "done"}
        assert events[0] == {"event": "ready"}
        assert events[1:] == [{"id": task.name, "event": ends[task.name]} for task in warm[::order]]
        for one, other in zip(cold, warm, strict=True):
            assert outputs(one) == outputs(other)
    assert result_of(cold[0])["machine"]["threads"] == 1
    assert result_of(cold[0])["seeds"] == {"seed": 1}
    assert result_of(cold[0])["metrics"]["peakMemoryBytes"] > 1e6
    assert result_of(cold[1])["error"]["kind"] == "input"


def test_bad_requests_are_told_and_the_server_goes_on(tmp_path, tiny_model, prompts):
    missing = json.dumps({"id": "gone", "folder": str(tmp_path / "gone")})
    task = generate_task(tmp_path / "t", tiny_model, prompts)
    events, log = serve([task], "not json", missing)
    assert [event.get("event") for event in events] == ["ready", "failed", "done"]
    assert "not a request" in log
    assert "no task folder" in log


def test_sigterm_ends_it(tmp_path):
    command = [sys.executable, "-m", "repro_worker.serve"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    assert json.loads(process.stdout.readline()) == {"event": "ready"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) != 0


def test_the_cold_command_says_what_it_wants(tmp_path):
    process = start_cold(tmp_path / "nothing")
    assert process.wait() == 2
    assert b"There is no folder" in process.stderr.read()


def test_an_unreadable_task_still_leaves_a_result(tmp_path):
    (tmp_path / "task.json").write_text("{")
    assert fail(tmp_path)["kind"] == "input"
    make_task(tmp_path / "b", "fine-tune", {}, {}, {})
    assert "finetune" in fail(tmp_path / "b")["remedy"]
