"""check-reward: the quality of a reward model that was not trained here, on rated or compared answers."""

from __future__ import annotations

from repro_worker import determinism
from repro_worker.jsonl import write_json
from repro_worker.progress import Progress
from repro_worker.reward_data import read_pairs
from repro_worker.reward_fit import Scorer, report_of, truncated
from repro_worker.reward_model import load_reward, position_limit
from repro_worker.reward_text import READS
from repro_worker.task import Task


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Score all pairs and write the report of a training that held all of them out."""
    determinism.start(0)
    objective = task.params.choice("objective", ("regression", "preference"))
    reads = task.params.choice("reads", tuple(READS), "conversation")
    model, tokenizer = load_reward(task.input("reward"))
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    scorer = Scorer(model, tokenizer, reads, limit)
    pairs = read_pairs(task.input("pairs"), objective)
    rows = [scorer.encode(row) for row in pairs]
    total = sum(len(row) for row in rows)
    scores = scorer.scores(rows, lambda done: progress.report(done, total, "items"))
    report = report_of(objective, [], pairs, scores, "rejected") | {"truncatedPairs": truncated(rows)}
    write_json(task.output("report"), report)
    return {"answers": total}
