"""The table: one row for each comparison, in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = ("work", "beside", "ours", "theirs", "ratio", "by CPU time", "goal", "same", "roofline (share reached)")


@dataclass(frozen=True)
class Line:
    """One comparison; `goal` is the ratio that is wanted, `roofline` the best possible value of `ours`."""

    work: str
    beside: str
    unit: str
    ours: float
    theirs: float
    ratio: float
    cpu_ratio: float
    goal: float | None
    same: str
    roofline: float | None = None

    @property
    def met(self) -> bool:
        """Whether the ratio by the clock reaches the goal."""
        return self.goal is None or self.ratio >= self.goal

    def markdown(self) -> str:
        """The table's row."""
        goal = "" if self.goal is None else f"≥ {self.goal:g}: {'met' if self.met else 'missed'}"
        roof = "–" if self.roofline is None else f"{_number(self.roofline)} ({self.ours / self.roofline:.0%})"
        cells = (
            self.work,
            self.beside,
            f"{_number(self.ours)} {self.unit}",
            _number(self.theirs),
            f"{self.ratio:.2f} ×",
            f"{self.cpu_ratio:.2f} ×",
            goal,
            self.same,
            roof,
        )
        return f"| {' | '.join(cells)} |"


def head() -> str:
    """The table's head."""
    return f"| {' | '.join(COLUMNS)} |\n|{'|'.join('---' for _ in COLUMNS)}|"


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"
