"""``Explanation``: what each part of a text adds to each label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNIT = "log-odds"


@dataclass(frozen=True, slots=True)
class Part:
    """An eojeol, or neighbouring ones that belong together.

    Attributes:
        start: Where it begins in the text as typed, in code points.
        end: Where it ends.
        text: What stands there.
        contributions: What it adds to the log-odds of each label.
    """

    start: int
    end: int
    text: str
    contributions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each part of a text adds to each label.

    ``base``, the contributions of all parts and ``residual`` add up to the log-odds of the text.

    Attributes:
        text: The text as typed.
        method: ``"linear"``, ``"shapley"`` or ``"leave-one-out"``.
        label: The most probable of the labels that are explained.
        probabilities: Probability of each label, those that are not explained too.
        base: Log-odds of each label where nothing of the text is there.
        parts: The parts in order; all of the text but white space stands in just one.
        residual: What the parts do not account for, of each label.
        evaluations: Texts with parts left out that the model was asked about, the whole one too.
    """

    text: str
    method: str
    label: str
    probabilities: Mapping[str, float]
    base: Mapping[str, float]
    parts: tuple[Part, ...]
    residual: Mapping[str, float]
    evaluations: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "text": self.text,
            "method": self.method,
            "unit": UNIT,
            "label": self.label,
            "probabilities": dict(self.probabilities),
            "base": dict(self.base),
            "parts": [
                {
                    "start": part.start,
                    "end": part.end,
                    "text": part.text,
                    "contributions": dict(part.contributions),
                }
                for part in self.parts
            ],
            "residual": dict(self.residual),
        }

    def to_html(self, label: str | None = None) -> str:
        """Return the text with its parts coloured, as a fragment of HTML that needs nothing else.

        Args:
            label: The label that colours and numbers are of; :attr:`label` without it.
        """
        from kosent.explanation.html import fragment

        return fragment(self, label or self.label)

    def _repr_html_(self) -> str:
        """Show it in notebooks."""
        return self.to_html()

    def __str__(self) -> str:
        """Return a line for each part: what it adds to :attr:`label`, and what it is."""
        lines = [f"{self.label} {self.probabilities[self.label]:.4f} ({self.method}, {UNIT})"]
        lines += [f"{signed(part.contributions[self.label])} {part.text}" for part in self.parts]
        return "\n".join(lines)


def signed(value: float) -> str:
    """Return a contribution as it is shown; what rounds to nothing has no minus."""
    return f"{round(value, 2) + 0.0:+.2f}"
