"""Low-rank adapters through peft: put on a base model, saved without machine paths, and taken off without a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors.torch import save_file
from transformers import PreTrainedModel

from repro_worker.errors import WorkerError
from repro_worker.jsonl import write_json
from repro_worker.params import Params

Weights = dict[str, torch.Tensor]


def lora_config(recipe: Params) -> LoraConfig:
    """Peft's configuration from a recipe."""
    return LoraConfig(
        r=recipe.integer("rank", least=1),
        lora_alpha=recipe.number("alpha"),
        lora_dropout=recipe.number("dropout"),
        target_modules=sorted(recipe.words("targets")),
        task_type="CAUSAL_LM",
        bias="none",
    )


@contextmanager
def fresh_adapter(base: PreTrainedModel, config: LoraConfig) -> Iterator[PeftModel]:
    """A new adapter on `base`, its weights in float32; taken off again at the end."""
    try:
        adapted = get_peft_model(base, config)
    except ValueError as error:
        remedy = "Name modules of this model in recipe.targets (LLaMA: q_proj, v_proj; Falcon: query_key_value)."
        raise WorkerError(str(error).splitlines()[0][:300], where="params.recipe.targets", remedy=remedy) from error
    try:
        yield adapted
    finally:
        _take_off(adapted, base)


@contextmanager
def saved_adapter(base: PreTrainedModel, folder: Path | None) -> Iterator[PreTrainedModel | PeftModel]:
    """`base` with the adapter in `folder` (or as it is), for inference; taken off again at the end."""
    if folder is None:
        yield base
        return
    if not (folder / "adapter_config.json").is_file():
        remedy = "Give the adapter that a finetune task wrote."
        raise WorkerError("there is no adapter_config.json", where=str(folder), remedy=remedy)
    adapted = PeftModel.from_pretrained(base, folder, is_trainable=False)
    try:
        with _merged(adapted.eval()):
            yield adapted
    finally:
        _take_off(adapted, base)


@contextmanager
def _merged(adapted: PeftModel) -> Iterator[None]:
    """Fold a float32 adapter into its float32 base for speed, and put the base's own bytes back afterwards.

    In bfloat16 the adapter stays apart: rounding would swallow its small changes.
    """
    if adapted.dtype != torch.float32:
        yield
        return
    layers = [module.get_base_layer() for module in adapted.modules() if isinstance(module, BaseTunerLayer)]
    originals = [layer.weight.detach().clone() for layer in layers]
    adapted.merge_adapter()
    try:
        yield
    finally:
        for layer, original in zip(layers, originals, strict=True):
            layer.weight.data.copy_(original)


def weights_of(adapted: PeftModel) -> Weights:
    """A copy of the adapter's weights on the CPU."""
    state = get_peft_model_state_dict(adapted)
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in sorted(state.items())}


def restore_weights(adapted: PeftModel, weights: Weights) -> None:
    """Put saved weights back into the adapter."""
    set_peft_model_state_dict(adapted, dict(weights))


def write_adapter(folder: Path, config: LoraConfig, weights: Weights) -> None:
    """Write adapter_config.json and adapter_model.safetensors; equal adapters are equal bytes on any machine."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {name: sorted(value) if isinstance(value, set) else value for name, value in config.to_dict().items()}
    values |= {"base_model_name_or_path": "", "inference_mode": True}
    write_json(folder / "adapter_config.json", json.loads(json.dumps(values, default=str)))
    save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})


def _take_off(adapted: PeftModel, base: PreTrainedModel) -> None:
    adapted.unload()
    if hasattr(base, "peft_config"):
        del base.peft_config
    base.requires_grad_(False)
    base.eval()
