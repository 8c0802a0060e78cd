"""Training a reward model fully, by regression on ratings or by comparing two answers (Bradley–Terry).

Of two answers to a prompt the rejected one should score higher where the score is harm: the loss is
−log σ(score(rejected) − score(chosen)). Where it is help, the chosen one should, and the sign turns. AdamW, gradients
clipped to 1, the rate warmed up over a tenth of the steps and then lowered to zero in a line.
"""

from __future__ import annotations

import math

import torch
from torch.nn.functional import logsigmoid, mse_loss

from repro_worker import schedule
from repro_worker.batching import epoch_batches, pad_right
from repro_worker.determinism import derive_seed, seed_everything
from repro_worker.errors import WorkerError
from repro_worker.params import Params
from repro_worker.progress import Progress
from repro_worker.reward_model import RewardModel

WARMUP_SHARE = 0.1
HEAD_RATE = 5.0
"""The new head learns faster than the pretrained layers below it."""


class RewardTraining:
    """`rows` holds the encoded answers of each training row, one (regression) or two (chosen, rejected)."""

    def __init__(
        self,
        model: RewardModel,
        rows: list[list[list[int]]],
        targets: list[float],
        filler: int,
        *,
        chosen_higher: bool = False,
    ) -> None:
        self.model, self.rows, self.targets, self.filler = model, rows, targets, filler
        self.sign = -1 if chosen_higher else 1
        self.lengths = [max(len(ids) for ids in row) for row in rows]
        if targets:
            torch.nn.init.constant_(model.head.bias, math.fsum(targets) / len(targets))

    def run(self, params: Params, progress: Progress) -> int:
        """Train to the end; returns how many tokens were read."""
        seed, size = params.integer("seed"), params.integer("batchSize", least=1)
        epochs = range(params.integer("epochs", least=1))
        plans = [epoch_batches(self.lengths, size, seed, epoch, grouped=True) for epoch in epochs]
        plan = [batch for batches in plans for batch in batches]
        rate = params.number("learningRate")
        head = {"params": list(self.model.head.parameters()), "scale": HEAD_RATE}
        learning = [parameter for parameter in self.model.encoder.parameters() if parameter.requires_grad]
        body = {"params": learning, "scale": 1.0}
        optimizer = torch.optim.AdamW([body, head], lr=rate, weight_decay=0.01)
        warmup, tokens = round(len(plan) * WARMUP_SHARE), 0
        self.model.train()
        for step, batch in enumerate(plan):
            seed_everything(derive_seed(seed, "step", step))
            for group in optimizer.param_groups:
                group["lr"] = group["scale"] * rate * schedule.factor("linear", step, len(plan), warmup)
            loss = self._loss(batch)
            if not torch.isfinite(loss):
                message = f"the loss became {loss.item()} at step {step + 1}"
                raise WorkerError(message, where="training", remedy="Lower learningRate.")
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            tokens += sum(len(ids) for row in batch for ids in self.rows[row])
            progress.report(step + 1, len(plan), "steps", loss=loss.item())
        return tokens

    def _loss(self, batch: list[int]) -> torch.Tensor:
        target = next(self.model.parameters()).device
        ids, mask = pad_right([ids for row in batch for ids in self.rows[row]], self.filler)
        scores = self.model(ids.to(target), mask.to(target))
        if self.targets:
            wanted = torch.tensor([self.targets[row] for row in batch], dtype=scores.dtype, device=target)
            return mse_loss(scores, wanted)
        chosen, rejected = scores[0::2], scores[1::2]
        return -logsigmoid(self.sign * (rejected - chosen)).mean()
