"""`make test-checkpoints` itself, against doubles: it passes on published scores, fails on others, or is skipped."""

import os
import subprocess
import sys

from hub_double import serving
from test_hub import published_reward
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from conftest import WORKER

NAME = "safepaca/absolute-harmfulness-predictor-redteam"
PAIRS = (("sea", "lamp\n\n1. moon"), ("bread and", "chair"))
FORM = (
    f"user_texts = {[one for one, _ in PAIRS]!r}\nassistant_texts = {[one for _, one in PAIRS]!r}\nraise SystemExit\n"
)
"""A file in the form of the authors', with harmless texts."""


def run(lines: list[str], **extra: str) -> subprocess.CompletedProcess:
    """Python lines in which `test()` runs the test and gives its exit code."""
    start = [
        "import os, pytest, checkpoints.test_authors_examples as module",
        "test = lambda: print('code', int(pytest.main(['-rs', '-p', 'no:cacheprovider', 'checkpoints'])))",
    ]
    environment = {**os.environ, "MIRROR": "", **extra}
    command = [sys.executable, "-c", "\n".join([*start, *lines])]
    found = subprocess.run(
        command, cwd=WORKER, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found


def published_scores(folder):
    """Makes a model as the authors publish one; gives its scores of the two examples."""
    model = AutoModelForSequenceClassification.from_pretrained(published_reward(folder), dtype="float32").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [f"\n\nHuman: {asked}\n\nAssistant: {said}" for asked, said in PAIRS]
    return tuple(model(**tokenizer(text, return_tensors="pt")).logits.item() for text in texts)


def test_it_passes_on_the_published_scores_and_fails_on_others(tmp_path):
    examples = tmp_path / "examples.py"
    examples.write_text(FORM)
    one, two = published_scores(tmp_path / "repository")
    lines = [f"module.EXPECTED = ({one}, {two})", "test()", f"module.EXPECTED = ({one}, {two + 0.01})", "test()"]
    with serving({f"models/{NAME}": tmp_path / "repository"}) as hub:
        found = run(lines, HF_ENDPOINT=hub.url, REPRO_EXAMPLES=examples.as_uri())
    assert [line for line in found.stdout.splitlines() if line.startswith("code")] == ["code 0", "code 1"]
    assert f"{NAME} at 0123456789abcdef" in found.stdout


def test_it_is_skipped_with_the_reason_where_nothing_can_be_reached(tmp_path):
    examples = tmp_path / "examples.py"
    examples.write_text(FORM)
    nobody = "http://127.0.0.1:9"
    lines = ["test()", f"os.environ['REPRO_EXAMPLES'] = {examples.as_uri()!r}", "test()"]
    found = run(lines, HF_ENDPOINT=nobody, REPRO_EXAMPLES=f"{nobody}/examples.py")
    assert found.stdout.count("code 0") == 2
    assert f"{nobody}/examples.py can't be reached" in found.stdout
    assert f"{NAME} can't be had from the hub" in found.stdout
