/** A small worker in Python that speaks the kit's protocol without any package: what a task does is said by its params. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { makeProject, type TestProject } from "./project.ts"
import { oneStage } from "./words.ts"

/** The real interpreter behind `python3`: a launcher in its place may need variables that a worker doesn't get. */
export const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim()

const SERVE = `import json, os, signal, subprocess, sys, time
from pathlib import Path

out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(event):
    out.write(json.dumps(event) + "\\n")
    out.flush()


def once(folder):
    mark = folder / "state" / "was-here"
    known = mark.exists()
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    return not known


def act(folder, params):
    for line in params.get("print", []):
        print(line, flush=True)
    for name in params.get("tell", []):
        print("the variable is", os.environ.get(name), file=sys.stderr, flush=True)
    if "progress" in params:
        for step in range(params["progress"]):
            with open(folder / "progress.jsonl", "a") as file:
                file.write(json.dumps({"time": time.time(), "step": step + 1, "total": 9, "unit": "steps", "loss": 0.5}) + "\\n")
            time.sleep(0.3)
    if "child" in params:
        subprocess.Popen(["sleep", str(params["child"])])
    if "begun" in params:
        Path(params["begun"]).write_text(str(os.getpid()))
    if "sleep" in params:
        time.sleep(params["sleep"])
    if "signal" in params and (not params.get("once") or once(folder)):
        os.kill(os.getpid(), getattr(signal, params["signal"]))
        time.sleep(60)
    if "exit" in params:
        os._exit(params["exit"])


print("a start that talks", file=sys.stderr, flush=True)
say({"event": "ready"})
for line in sys.stdin:
    request = json.loads(line)
    folder = Path(request["folder"])
    task = json.loads((folder / "task.json").read_text())
    params = task["params"]
    act(folder, params)
    if params.get("no_result"):
        say({"id": request["id"], "event": "failed"})
        continue
    for name, place in task["outputs"].items():
        if not params.get("no_output"):
            value = {"value": str(params.get("value", os.getpid())), "environment": dict(os.environ), "cwd": os.getcwd()}
            (folder / place).write_text(json.dumps(value))
    result = {"status": "done", "metrics": {"seconds": 1.5}, "versions": {"fake": "1"}, "machine": {"device": "cpu", "threads": 1}}
    if "error" in params and ("while" not in params or Path(params["while"]).exists()):
        result = {"status": "failed", "error": {"kind": "input", "where": "row 3", "remedy": "Mend it.", "message": os.path.expandvars(params["error"])}}
    (folder / "result.json").write_text(json.dumps(result))
    say({"id": request["id"], "event": result["status"]})
`

/** The cold command runs one task by the same rules. */
const RUN = `import json, pathlib, subprocess, sys

folder = str(pathlib.Path(sys.argv[1]).absolute())
line = json.dumps({"id": folder, "folder": folder}) + "\\n"
subprocess.run([sys.executable, "-m", "repro_worker.serve"], input=line, text=True, stdout=subprocess.DEVNULL, check=True)
sys.exit(json.loads((pathlib.Path(folder) / "result.json").read_text())["status"] != "done")
`

/** The files of the package, under the folder \`worker\`. */
export const WORKER_FILES: Readonly<Record<string, string>> = {
  "worker/repro_worker/__init__.py": "",
  "worker/repro_worker/serve.py": SERVE,
  "worker/repro_worker/run.py": RUN,
  "worker/repro_worker/tasks.py": "def act(task):\n    return task\n",
  "worker/lock.txt": "fake==1.0 --hash=sha256:00\n",
}

/** Writes a task's folder. */
export const writeTask = (folder: string, params: Readonly<Record<string, unknown>>): string => {
  fs.mkdirSync(`${folder}/outputs`, { recursive: true })
  const task = { version: 1, task: "act", params, inputs: {}, outputs: { value: "outputs/value.json" } }
  fs.writeFileSync(`${folder}/task.json`, JSON.stringify(task))
  return folder
}

/** A project whose one stage is a task of that worker, with these params. */
export const workerProject = (
  params: Readonly<Record<string, unknown>>,
  variables: { readonly environment?: ReadonlyArray<string>; readonly secrets?: ReadonlyArray<string> } = {},
): TestProject => {
  const definition = `export const act = Stage.worker("act", {
    task: "act", entry: "repro_worker.tasks:act", ...${JSON.stringify(variables)},
    params: Schema.Record(Schema.String, Schema.Unknown), inputs: {},
    outputs: { value: Artifact.json("acts", Schema.Struct({ value: Schema.String })) },
  })`
  return makeProject({
    ...WORKER_FILES,
    ...oneStage(definition, `({ value: act({}, ${JSON.stringify(params)}).value })`),
  })
}

/** Whether a process is there. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\tZ/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux"
  }
}
