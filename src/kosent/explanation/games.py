"""Asking a model about texts with parts left out: those of many texts in one call.

A method is a generator: it yields the masks that it has to know of, finds them answered in its
``Values`` when it goes on, and returns what each part adds. So many texts are explained side by
side, and the model sees batches of thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kosent.explanation.parts import Layout
from kosent.metrics.scores import logits, scores_of

Floats = npt.NDArray[np.float64]
Probabilities = npt.NDArray[np.float32]
Predict = Callable[[list[str]], Probabilities]
Values = dict[int, Floats]  # by mask, log-odds (labels,)
Steps = Generator[list[int], None, Floats]
Method = Callable[[Layout, Values, int], Steps]

SUREST = 1e-7  # probabilities are taken for no nearer to 0 or 1: float32 knows no better
_ROUNDING = 1e-15  # of float64 next to 1
_CHARACTERS = 4_000_000  # of texts at once


@dataclass
class Game:
    """A text of which parts are left out.

    Attributes:
        layout: The text and its parts.
        most: How often the model may be asked about it.
        values: What is known of it.
        probabilities: Those of the whole text ``(labels,)``, once they are known.
        added: What each part adds ``(parts, labels)``, once it is known.
    """

    layout: Layout
    most: int
    values: Values = field(default_factory=dict)
    probabilities: Probabilities = field(init=False)
    added: Floats = field(init=False)

    @property
    def value(self) -> Floats:
        """The log-odds of the whole text ``(labels,)``."""
        return self.values[self.layout.everything]


def log_odds(probabilities: Probabilities | Floats, several: bool) -> Floats:
    """Return log p / (1 - p) of each label ``(n, labels)``, which is what contributions add up to.

    Args:
        probabilities: ``(n, labels)``.
        several: Whether a text may have several labels. Otherwise 1 - p is the sum of the others,
            which is known to more digits.
    """
    found = logits(probabilities) if several else margins(scores_of(probabilities))
    limit = float(np.log1p(-SUREST) - np.log(SUREST))
    return np.clip(found, -limit, limit)


def margins(scores: Floats) -> Floats:
    """Return how far the score of each class ``(n, classes)`` is above the others together."""
    logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    found: Floats = logs - np.log1p(-np.minimum(np.exp(logs), 1 - _ROUNDING))
    return found


def play(games: Sequence[Game], method: Method, predict: Predict, several: bool) -> None:
    """Explain texts side by side; what is found stands in the games then.

    Args:
        games: The texts.
        method: How.
        predict: Gives probabilities ``(n, labels)`` for texts.
        several: Whether a text may have several labels.
    """
    running = [(game, method(game.layout, game.values, game.most)) for game in games]
    while running:
        going_on = []
        wanted: list[tuple[Game, int]] = []
        for game, steps in running:
            try:
                asked = next(steps)
            except StopIteration as end:
                game.added = end.value
                continue
            going_on.append((game, steps))
            wanted += [(game, mask) for mask in dict.fromkeys(asked) if mask not in game.values]
        ask(wanted, predict, several)
        running = going_on


def ask(wanted: Iterable[tuple[Game, int]], predict: Predict, several: bool) -> None:
    """Have texts with parts left out predicted, each different one once."""
    for texts, part in _slices(wanted):
        found = predict(texts)
        values = log_odds(found, several)
        for game, mask, row in part:
            game.values[mask] = values[row]
            if mask == game.layout.everything:
                game.probabilities = found[row]


def _slices(
    wanted: Iterable[tuple[Game, int]],
) -> Iterator[tuple[list[str], list[tuple[Game, int, int]]]]:
    """Give different texts of bounded size, and which of them each game has asked for."""
    rows: dict[str, int] = {}
    part: list[tuple[Game, int, int]] = []
    size = 0
    for game, mask in wanted:
        text = game.layout.kept(mask)
        if text not in rows:
            rows[text] = len(rows)
            size += len(text)
        part.append((game, mask, rows[text]))
        if size > _CHARACTERS:
            yield list(rows), part
            rows, part, size = {}, [], 0
    if part:
        yield list(rows), part
