"""The harness's official tasks with data sets from a hub, which a double plays: equal to asking the harness itself."""

import json
import subprocess
import sys

from hub_double import serving
from test_benchmark_agrees import items

from conftest import WORKER, environment, fail, make_task, read_jsonl, result_of, start_cold, write_jsonl

REPOSITORIES = {"boolq": "aps/super_glue", "piqa": "baber/piqa", "openbookqa": "allenai/openbookqa"}
CONFIGS = {"boolq": "boolq", "piqa": "default", "openbookqa": "main"}

DIRECTLY = """
import json, sys
from repro_worker import quiet
from pathlib import Path
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from transformers import AutoModelForCausalLM, AutoTokenizer
from repro_worker import hub
folder, shots, cache = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
tokenizer = AutoTokenizer.from_pretrained(folder)
lm = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=1, max_length=256, add_bos_token=True)
with hub.caches(cache, network=True):
    answer = simple_evaluate(model=lm, tasks=["boolq", "piqa", "openbookqa"], num_fewshot=shots, bootstrap_iters=0)
print(json.dumps({name: answer[name] for name in ("results", "versions")}, default=str))
"""


def data_set(folder, name: str):
    """A repository in the form of the official data set, with items of this test."""
    rows = items(name)
    for split in ("train", "validation", "test"):
        (folder / "data").mkdir(parents=True, exist_ok=True)
        write_jsonl(folder / "data" / f"{split}.jsonl", rows[:7] if split == "train" else rows[7:])
    files = "".join(f"  - split: {split}\n    path: data/{split}.jsonl\n" for split in ("train", "validation", "test"))
    text = f"---\nconfigs:\n- config_name: {CONFIGS[name]}\n  data_files:\n{files}---\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    return folder


def test_official_tasks_equal_the_harnesss_own_and_keep_their_names(tmp_path, tiny_model):
    shots = 2
    folders = {f"datasets/{REPOSITORIES[name]}": data_set(tmp_path / name, name) for name in REPOSITORIES}
    params = {"shots": shots, "limit": 0, "batchSize": 4, "dtype": "float32", "maxTokens": 256, "official": True}
    task = make_task(tmp_path / "t", "benchmark", params, {"model": tiny_model}, {"results": "results.jsonl"})
    with serving(folders) as hub:
        process = start_cold(task, tmp_path, HF_ENDPOINT=hub.url, REPRO_STRICT="1")
        command = [sys.executable, "-c", DIRECTLY, str(tiny_model), str(shots), str(tmp_path / "cache")]
        extra = environment(HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "home"))
        direct = subprocess.run(
            command, cwd=WORKER, env=extra, capture_output=True, text=True, timeout=300, check=False
        )
        assert process.wait(timeout=300) == 0, result_of(task)
    assert direct.returncode == 0, direct.stderr
    theirs = json.loads(direct.stdout.splitlines()[-1])
    rows = read_jsonl(task / "outputs/results.jsonl")
    assert [(row["task"], row["metric"]) for row in rows] == [
        *[("boolq", "acc"), ("piqa", "acc"), ("piqa", "acc_norm")],
        *[("openbookqa", "acc"), ("openbookqa", "acc_norm")],
    ]
    for row in rows:
        assert abs(row["value"] - theirs["results"][row["task"]][f"{row['metric']},none"]) < 1e-7
        assert (row["n"], row["shots"], row["version"]) == (14, shots, str(theirs["versions"][row["task"]]))
        assert len(row["taskHash"]) == 64
    assert len({row["taskHash"] for row in rows}) == 3


def test_a_hub_that_cannot_be_reached_is_named(tmp_path, tiny_model, monkeypatch):
    for place in ("huggingface_hub.constants.ENDPOINT", "datasets.config.HF_ENDPOINT"):
        monkeypatch.setattr(place, "http://127.0.0.1:9")
    params = {"shots": 0, "limit": 0, "batchSize": 4, "dtype": "float32", "maxTokens": 256, "official": True}
    task = make_task(tmp_path / "t", "benchmark", params, {"model": tiny_model}, {"results": "results.jsonl"})
    error = fail(task)
    assert error["kind"] == "input", error
    assert error["message"].startswith("the data of boolq could not be had")
    assert "hub can be reached" in error["remedy"]
