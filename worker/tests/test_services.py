"""The services over real HTTP, each in a process of its own."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from tests.conftest import WORKER

from repro_worker.models import load_base
from repro_worker.reward_model import from_encoder
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import prompt_ids

TOKEN = "a-token-of-this-test"


class Service:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: object, token: str = TOKEN) -> tuple[int, object]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@contextmanager
def running(
    module: str, home: Path, inputs: dict[str, Path], params: dict
) -> Iterator[tuple[Service, subprocess.Popen]]:
    home.mkdir(exist_ok=True)
    names = ("PATH", "LANG")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    environment |= {"PYTHONPATH": str(WORKER), "HOME": str(home), "REPRO_SERVICE_TOKEN": TOKEN, "REPRO_STRICT": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", f"repro_worker.services.{module}"],
        cwd=home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        paths = {name: str(path) for name, path in inputs.items()}
        process.stdin.write(json.dumps({"params": params, "inputs": paths}) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        assert said["event"] == "listening"
        yield Service(said["url"]), process
    finally:
        process.stdin.close()
        assert process.wait(timeout=20) == 0
        process.stdout.close()


@pytest.fixture(scope="module")
def chat(tiny_model, tmp_path_factory) -> Iterator[Service]:
    params = {"name": "tiny", "dtype": "float32"}
    with running("chat", tmp_path_factory.mktemp("chat"), {"model": tiny_model}, params) as (service, _):
        yield service


def conversation(**more: object) -> dict:
    return {"model": "tiny", "messages": [{"role": "user", "content": "bread sea list"}], **more}


def test_a_chat_answer_is_the_greedy_one_of_transformers(chat, tiny_model):
    model, tokenizer = load_base(tiny_model, "float32")
    ids = prompt_ids(tokenizer, alpaca_prompt("bread sea list"))
    wanted = model.generate(torch.tensor([ids]), max_new_tokens=6, do_sample=False)[0, len(ids) :].tolist()
    status, answer = chat.ask("/v1/chat/completions", conversation(max_tokens=6, temperature=0))
    assert status == 200
    assert answer["choices"][0]["message"]["content"] == tokenizer.decode(wanted, skip_special_tokens=True)
    assert answer["usage"]["prompt_tokens"] == len(ids)


def test_log_probabilities_are_those_of_the_model(chat, tiny_model):
    model, tokenizer = load_base(tiny_model, "float32")
    ids = prompt_ids(tokenizer, alpaca_prompt("bread sea list"))
    with torch.no_grad():
        logs = model(torch.tensor([ids])).logits[0, -1].log_softmax(dim=-1)
    _, answer = chat.ask("/v1/chat/completions", conversation(max_tokens=1, logprobs=True, top_logprobs=5))
    step = answer["choices"][0]["logprobs"]["content"][0]
    assert [one["logprob"] for one in step["top_logprobs"]] == pytest.approx(logs.topk(5).values.tolist(), abs=1e-5)
    assert step["logprob"] == step["top_logprobs"][0]["logprob"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"temperature": 0.7}, "greedy"),
        ({"stream": True}, "greedy"),
        ({"n": 2}, "not offered: n"),
        ({"model": "another"}, "offers tiny"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "robot", "content": "hello"}]}, "role"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 100_000}, "too many"),
        ({"top_logprobs": 3}, "needs logprobs"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(chat, change, word):
    status, answer = chat.ask("/v1/chat/completions", conversation(max_tokens=2) | change)
    assert status == 400
    assert word in answer["error"]


def test_requests_without_the_token_to_nowhere_or_in_no_json_are_refused(chat):
    assert chat.ask("/v1/chat/completions", conversation(), token="another")[0] == 401
    assert chat.ask("/v1/models", conversation())[0] == 404
    assert chat.ask("/v1/chat/completions", b"not json")[0] == 400
    assert chat.ask("/v1/chat/completions", b"[1]")[0] == 400


def test_a_text_gets_two_labels_whose_scores_add_up_to_one(tiny_model, tmp_path):
    model, tokenizer = from_encoder(tiny_model)
    torch.nn.init.constant_(model.head.weight, 0.0)
    torch.nn.init.constant_(model.head.bias, 0.3)
    model.save(tmp_path / "reward")
    tokenizer.save_pretrained(tmp_path / "reward")
    params = {"maxTokens": 16, "label": "harmful", "otherLabel": "harmless"}
    with running("classify", tmp_path / "home", {"model": tmp_path / "reward"}, params) as (service, _):
        status, answer = service.ask("/", {"inputs": "bread sea"})
        assert status == 200
        assert answer == [[{"label": "harmless", "score": 0.7}, {"label": "harmful", "score": pytest.approx(0.3)}]]
        assert service.ask("/", {"inputs": []})[0] == 400
        assert service.ask("/", {"inputs": [1]})[0] == 400
