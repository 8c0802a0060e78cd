"""A worker that grinds numbers in steps: it keeps a checkpoint in its state after each, goes on from there, and tells in
the project's root, in `clash`, when another process works on the same state."""

import fcntl
import json
import os
import sys
import time
from pathlib import Path

STEPS = 4
STEP_SECONDS = 0.03


def grind(folder: Path, task: dict) -> None:
    state = folder / "state"
    owner = (state / "owner").open("w")
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        (folder.parents[3] / "clash").touch()
    value = json.loads((folder / task["inputs"]["value"]).read_text())["value"]
    checkpoint = state / "checkpoint.json"
    done = json.loads(checkpoint.read_text()) if checkpoint.exists() else {"step": 0, "value": value}
    for step in range(done["step"], STEPS):
        time.sleep(STEP_SECONDS)
        done = {"step": step + 1, "value": f"{done['value']}>{task['params']['n'] * (step + 1)}"}
        new = state / "checkpoint.new"
        new.write_text(json.dumps(done))
        new.rename(checkpoint)
        with (folder / "progress.jsonl").open("a") as file:
            file.write(json.dumps({"time": time.time(), "step": step + 1, "total": STEPS, "unit": "steps"}) + "\n")
    (folder / task["outputs"]["value"]).write_text(json.dumps({"value": done["value"]}) + "\n")
    grains = folder / task["outputs"]["grains"]
    (grains / "deep").mkdir(parents=True)
    for step in range(STEPS):
        (grains / "deep" / f"grain {step} é").write_text(f"{done['value']} {step}\n" * 50)


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(event: dict) -> None:
        out.write(json.dumps(event) + "\n")
        out.flush()

    say({"event": "ready"})
    for line in sys.stdin:
        request = json.loads(line)
        folder = Path(request["folder"])
        print("grinding", flush=True)
        try:
            grind(folder, json.loads((folder / "task.json").read_text()))
            result = {"status": "done", "metrics": {"steps": STEPS}, "versions": {"mill": "1"}, "machine": {"threads": 1}}
        except OSError as error:
            told = {"kind": "internal", "where": "grind", "remedy": "Mend it.", "message": str(error)}
            result = {"status": "failed", "error": told}
        new = folder / "result.new"
        new.write_text(json.dumps(result))
        new.rename(folder / "result.json")
        say({"id": request["id"], "event": result["status"]})


if __name__ == "__main__":
    main()
