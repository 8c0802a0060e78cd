import subprocess
import sys
from pathlib import Path

from conftest import GENERATION, environment, generate_task, make_task, result_of

PROGRAM = """
import json, sys
from pathlib import Path
from repro_worker import sandbox
from repro_worker.task import read_task
task = read_task(Path(sys.argv[1]))
sandbox.enter(task)
seen = []
for path in sys.argv[2:]:
    try:
        open(path).read()
        seen.append("read")
    except OSError as error:
        seen.append(f"{type(error).__name__}: {error}")
try:
    import socket
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError as error:
    seen.append(f"{type(error).__name__}: {error}")
print(json.dumps([seen, sandbox.leave()]))
"""


def run(task: Path, *paths: Path, strict: str = "1"):
    import json

    command = [sys.executable, "-c", PROGRAM, str(task), *map(str, paths)]
    done = subprocess.run(command, env=environment(REPRO_STRICT=strict), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_only_declared_files_may_be_read(tmp_path):
    kept = tmp_path / "store"
    kept.mkdir()
    for name in ("declared", "part", "allowed", "secret"):
        (kept / name).write_text(name)
    folder_input = tmp_path / "folder"
    folder_input.mkdir()
    (folder_input / "link").symlink_to(kept / "part")
    inputs = {"file": kept / "declared", "folder": folder_input}
    task = make_task(tmp_path / "t", "generate", GENERATION, inputs, {})
    text = (task / "task.json").read_text()
    (task / "task.json").write_text(text[:-1] + f', "allow": ["{kept / "allowed"}"]}}')
    linked = task / "inputs" / "sneaky"
    linked.symlink_to(kept / "secret")
    paths = [task / "inputs/file", task / "inputs/folder/link", kept / "allowed", task / "task.json"]
    seen, refused = run(task, *paths, Path("/etc/hosts"), linked, kept / "secret", tmp_path / "not-there")
    assert seen[:5] == ["read"] * 5
    for message in seen[5:7]:
        assert "UndeclaredInputError" in message
        assert str(kept / "secret") in message
        assert "declare it as an input" in message
    assert "FileNotFoundError" in seen[7]
    assert "network connection" in seen[8]
    assert len(refused) == 3


def test_without_strict_mode_nothing_is_refused(tmp_path):
    (tmp_path / "secret").write_text("x")
    task = make_task(tmp_path / "t", "generate", GENERATION, {}, {})
    seen, refused = run(task, tmp_path / "secret", strict="0")
    assert seen[0] == "read"
    assert refused == []


SWALLOWS = """
import sys
from pathlib import Path
from repro_worker.attempt import run_attempt
from repro_worker.tasks import generate
honest = generate.run
def sneaks(task, progress):
    try:
        open(sys.argv[2]).read()
    except OSError:
        pass
    return honest(task, progress)
generate.run = sneaks
print(run_attempt(Path(sys.argv[1])))
"""


def test_a_task_that_read_more_than_it_declared_fails_even_if_the_error_was_swallowed(tmp_path, tiny_model, prompts):
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    for strict, outcome in (("1", "False"), ("0", "True")):
        task = generate_task(tmp_path / strict, tiny_model, prompts)
        command = [sys.executable, "-c", SWALLOWS, str(task), str(secret)]
        environ = environment(REPRO_STRICT=strict)
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == outcome
    error = result_of(tmp_path / "1")["error"]
    assert error["kind"] == "input"
    assert str(secret.resolve()) in error["message"]
    assert error["where"] == "strict mode"
    assert "input" in error["remedy"]
