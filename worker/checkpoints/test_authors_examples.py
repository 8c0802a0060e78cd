"""The published reward model gives the authors' two examples the scores that they published.

`make test-checkpoints` runs it. It needs the Hugging Face hub (about 1.7 GB) and the authors' file; where they can't be
had it is skipped and says why, so it is no part of `make test` or CI.
"""

import json
import os
import re

import pytest
from tests.conftest import import_task, make_task, read_jsonl, succeed, write_jsonl

from checkpoints.examples import OutOfReachError, read, source
from repro_worker import hub

REPOSITORY = "safepaca/absolute-harmfulness-predictor-redteam"
EXPECTED = (3.4622, 0.0056)
"""As the authors' example prints them, to four digits; on a GPU, so the last one may differ."""
TOLERANCE = 0.002


def commit(cache) -> str:
    """The commit to test: REPRO_CHECKPOINT_COMMIT, or the newest one."""
    from huggingface_hub import HfApi

    wanted = os.environ.get("REPRO_CHECKPOINT_COMMIT")
    if wanted:
        return wanted
    try:
        with hub.caches(cache, network=True):
            return HfApi().model_info(REPOSITORY, timeout=30).sha
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise OutOfReachError(f"{REPOSITORY} can't be had from the hub ({reason})") from error


def test_the_published_checkpoint_gives_the_published_scores(tmp_path, capsys):
    """Import, score, compare."""
    try:
        examples = read(source())
        revision = commit(tmp_path / "cache")
    except OutOfReachError as reason:
        pytest.skip(str(reason))
    assert len(examples) == len(EXPECTED)
    wanted = {"kind": "hub", "repository": REPOSITORY, "revision": revision}
    imported = import_task(tmp_path / "import", wanted, role="reward", dtype="float32")
    succeed(imported)
    rows = [{"id": str(n), "set": "s", "prompt": asked, "answer": said} for n, (asked, said) in enumerate(examples)]
    data = write_jsonl(tmp_path / "answers.jsonl", rows)
    inputs = {"reward": imported / "outputs/model", "answers": data}
    settings = {"maxTokens": 512, "batchSize": 2}
    task = make_task(tmp_path / "score", "score-reward", settings, inputs, {"scores": "scores.jsonl"})
    succeed(task)
    found = [row["score"] for row in read_jsonl(task / "outputs/scores.jsonl")]
    with capsys.disabled():
        print(f"\n{REPOSITORY} at {revision}: {json.dumps(found)}, published {json.dumps(EXPECTED)}")
    assert re.fullmatch(r"[0-9a-f]{40}", revision)
    assert found == pytest.approx(EXPECTED, abs=TOLERANCE)
