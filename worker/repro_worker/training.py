"""The training loop of an adapter: AdamW, gradient accumulation, warm-up and schedule, validation, best weights kept.

The loss of a batch is the mean over its labelled tokens. Gradients are clipped to a norm of 1, the default of the
Trainer that the paper's code used. Chance (dropout) is seeded anew for each step from the seed and the step's number,
so a run that resumes from a checkpoint draws what an undisturbed one draws.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch
from peft import PeftModel

from repro_worker import schedule
from repro_worker.batching import Batch, epoch_batches, micro_batches
from repro_worker.causal_loss import label_count, summed_loss
from repro_worker.checkpoint import CheckpointFile
from repro_worker.determinism import derive_seed, seed_everything
from repro_worker.errors import WorkerError
from repro_worker.lora import Weights, restore_weights, weights_of
from repro_worker.mix import Mix
from repro_worker.params import Params
from repro_worker.progress import Progress

MAX_GRADIENT_NORM = 1.0


@dataclass
class History:
    """What the report says of a training, and what a checkpoint keeps of it."""

    step: int = 0
    trained_tokens: int = 0
    losses: list[list[float]] = field(default_factory=list)
    validation: list[list[float]] = field(default_factory=list)
    best_step: int = 0


class Training:
    """One training of one adapter; `run` leaves the weights to keep in `best` (or the last ones)."""

    def __init__(self, model: PeftModel, mix: Mix, recipe: Params, seed: int, filler: int) -> None:
        self.model, self.mix, self.seed, self.filler = model, mix, seed, filler
        self.rate = recipe.number("learningRate")
        self.warmup = recipe.integer("warmupSteps")
        self.kind = recipe.choice("schedule", ("constant", "linear", "cosine"))
        self.batch_size = recipe.integer("batchSize", least=1)
        self.micro = min(recipe.integer("microBatchSize", least=1), self.batch_size)
        self.on_prompt = recipe.flag("lossOnPrompt")
        self.every = recipe.integer("evaluateEverySteps")
        self.keep_best = recipe.flag("keepBest") and bool(mix.validation)
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=self.rate, weight_decay=recipe.number("weightDecay"))
        self.lengths = [len(example.ids) for example in mix.training]
        grouped = recipe.flag("groupByLength", False)
        epochs = range(recipe.integer("epochs", least=1))
        plans = [epoch_batches(self.lengths, self.batch_size, seed, epoch, grouped=grouped) for epoch in epochs]
        self.plan: list[Batch] = [batch for plan in plans for batch in plan]
        self.history = History()
        self.best: Weights = {}

    def run(self, checkpoint: CheckpointFile, progress: Progress) -> float:
        """Train to the end, from the checkpoint if there is one; returns tokens per second of this attempt."""
        self._resume(checkpoint)
        started, tokens_before = time.monotonic(), self.history.trained_tokens
        rate = 0.0
        while self.history.step < len(self.plan):
            loss = self._step(self.plan[self.history.step])
            rate = (self.history.trained_tokens - tokens_before) / (time.monotonic() - started)
            step = self.history.step
            if self._evaluation_due():
                self._evaluate()
            progress.report(step, len(self.plan), "steps", loss=loss, tokensPerSecond=rate)
            if checkpoint.due() and step < len(self.plan):
                self._save(checkpoint)
        return rate

    def weights(self) -> Weights:
        """The weights to keep: the best by validation loss if asked for, else the last."""
        return self.best if self.keep_best and self.best else weights_of(self.model)

    def _step(self, batch: Batch) -> float:
        number = self.history.step
        self.model.train()
        seed_everything(derive_seed(self.seed, "step", number))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * schedule.factor(self.kind, number, len(self.plan), self.warmup)
        labels = label_count([self.mix.training[row] for row in batch], self.on_prompt)
        total = 0.0
        for rows in micro_batches(batch, self.lengths, self.micro):
            loss = self._loss([self.mix.training[row] for row in rows]) / labels
            loss.backward()
            total += loss.item()
        if not math.isfinite(total):
            remedy = "Lower recipe.learningRate or lengthen the warm-up; float32 is steadier than bfloat16."
            raise WorkerError(f"the loss became {total} at step {number + 1}", where="training", remedy=remedy)
        torch.nn.utils.clip_grad_norm_(self.parameters, MAX_GRADIENT_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.history.step += 1
        self.history.trained_tokens += sum(self.lengths[row] for row in batch)
        self.history.losses.append([self.history.step, round(total, 6)])
        return total

    def _loss(self, examples: list) -> torch.Tensor:
        return summed_loss(self.model, examples, self.filler, self.on_prompt, self.model.device)

    def _evaluation_due(self) -> bool:
        step = self.history.step
        return bool(self.mix.validation) and (step == len(self.plan) or (self.every > 0 and step % self.every == 0))

    @torch.no_grad()
    def _evaluate(self) -> None:
        self.model.eval()
        examples = self.mix.validation
        lengths = [len(example.ids) for example in examples]
        rows = micro_batches(list(range(len(examples))), lengths, self.micro)
        total = sum(self._loss([examples[row] for row in part]).item() for part in rows)
        loss = round(total / label_count(examples, self.on_prompt), 6)
        best = min((value for _, value in self.history.validation), default=math.inf)
        self.history.validation.append([self.history.step, loss])
        if loss < best:
            self.history.best_step = self.history.step
            if self.keep_best:
                self.best = weights_of(self.model)

    def _save(self, checkpoint: CheckpointFile) -> None:
        tensors = {f"weights/{name}": tensor for name, tensor in weights_of(self.model).items()}
        tensors |= {f"best/{name}": tensor for name, tensor in self.best.items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{number}/{name}": value.contiguous() for name, value in state.items()}
        checkpoint.save(tensors, vars(self.history))

    def _resume(self, checkpoint: CheckpointFile) -> None:
        found = checkpoint.load()
        if found is None:
            return
        groups: dict[str, Any] = {"weights": {}, "best": {}, "optimizer": {}}
        for name, tensor in found.tensors.items():
            kind, rest = name.split("/", 1)
            groups[kind][rest] = tensor
        self.history, self.best = History(**found.facts), groups["best"]
        restore_weights(self.model, groups["weights"])
        self._restore_optimizer(groups["optimizer"])

    def _restore_optimizer(self, tensors: Weights) -> None:
        state: dict[int, Weights] = {}
        for name, tensor in tensors.items():
            number, key = name.split("/")
            state.setdefault(int(number), {})[key] = tensor
        whole = self.optimizer.state_dict()
        self.optimizer.load_state_dict({**whole, "state": state})
