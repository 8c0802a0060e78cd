"""Models from a hub, which a double on this machine plays: what is fetched, at which commit, and what is refused."""

import pytest
import torch
from hub_double import COMMIT, serving
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

from conftest import fail, import_task, make_tokenizer, result_of, start_cold, succeed


@pytest.fixture
def here(monkeypatch):
    """Sends this process's requests to a hub that it names; a process of its own reads HF_ENDPOINT."""

    def use(hub):
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)

    return use


def source(name: str, revision: str = COMMIT) -> dict:
    return {"kind": "hub", "repository": f"someone/{name}", "revision": revision}


def test_a_causal_model_is_fetched_at_its_commit_without_pickles(tmp_path, tiny_model):
    repository = tmp_path / "repository"
    repository.mkdir()
    for path in tiny_model.iterdir():
        (repository / path.name).write_bytes(path.read_bytes())
    (repository / "pytorch_model.bin").write_bytes(b"no weights")
    (repository / "model.onnx").write_bytes(b"another framework's")
    with serving({"models/someone/base": repository}) as hub:
        task = import_task(tmp_path / "t", source("base"), dtype="float32")
        process = start_cold(task, HF_ENDPOINT=hub.url, HF_TOKEN="hf_secret", REPRO_STRICT="1")
        assert process.wait(timeout=120) == 0, result_of(task)
    got = task / "outputs/model"
    assert (got / "model.safetensors").read_bytes() == (tiny_model / "model.safetensors").read_bytes()
    fetched = [path for path in hub.asked if "/resolve/" in path]
    assert all(f"/resolve/{COMMIT}/" in path for path in fetched)
    assert not [path for path in fetched if path.endswith((".bin", ".onnx"))]
    assert "Bearer hf_secret" in hub.tokens
    assert "hf_secret" not in "".join(path.read_text(errors="replace") for path in got.glob("*.json"))


def published_reward(folder, labels: int = 1):
    torch.manual_seed(3)
    tokenizer = make_tokenizer(begin=False)
    config = DebertaV2Config(
        vocab_size=len(tokenizer),
        num_labels=labels,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        relative_attention=True,
        position_buckets=16,
        pos_att_type=["p2c", "c2p"],
        type_vocab_size=0,
        initializer_range=0.5,
        pad_token_id=1,
    )
    DebertaV2ForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_reward_model_keeps_its_scoring_head(tmp_path, here):
    repository = published_reward(tmp_path / "repository")
    with serving({"models/someone/reward": repository}) as hub:
        here(hub)
        task = import_task(tmp_path / "t", source("reward"), role="reward", dtype="float32")
        succeed(task)
    names = (task / "outputs/model/model.safetensors").read_bytes()
    assert b"classifier.weight" in names


def test_what_is_no_reward_model_no_commit_or_not_there_is_said(tmp_path, here):
    repository = published_reward(tmp_path / "repository", labels=3)
    with serving({"models/someone/classes": repository}) as hub:
        here(hub)
        many = fail(import_task(tmp_path / "a", source("classes"), role="reward", dtype="float32"))
        branch = fail(import_task(tmp_path / "b", source("classes", "main")))
        absent = fail(import_task(tmp_path / "c", source("nothing")))
        other = fail(import_task(tmp_path / "d", source("classes", "f" * 40)))
    assert "3 outputs" in many["message"]
    assert (branch["kind"], branch["where"]) == ("input", "params.source.revision")
    assert 'is "main" and not a commit' in branch["message"]
    assert "someone/nothing" in absent["message"]
    assert f"someone/classes at {'f' * 40} could not be downloaded" in other["message"]
    for error in (many, branch, absent, other):
        assert error["kind"] == "input"
        assert error["remedy"]
