"""A sentence as it grows: the probability of each label after each word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.plotting.canvas import as_percent, dress, legend, name_of, name_places, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = ("낱말마다의 확률", "the probability after each word")
PROBABILITY = ("확률", "probability")
MOST = 6  # labels that are drawn: those that come highest
_NAMED = 30  # words that are named below; of more only some are
_LONGEST = 14  # characters of a word
_MARKERS = "os^Dv*"
_ALT = (
    "낱말 {words}개를 따라간 확률: 처음에는 '{first}' {from_:.1%}, 끝에서는 '{last}' {to:.1%}",
    "Probabilities along {words} words: '{first}' {from_:.1%} at first, '{last}' {to:.1%} in the "
    "end",
)


def trace_picture(
    steps: Sequence[tuple[str, Any]], labels: Sequence[Any], *, language: Language = "both"
) -> Picture:
    """Draw the probabilities along a sentence.

    Args:
        steps: Each prefix with its probabilities ``(C,)``, as ``Predictor.trace`` returns them, at
            least one.
        labels: The ``C`` labels.
        language: That of its words.
    """
    table = np.array([row for _, row in steps], np.float64)  # (words, C)
    prefixes = ["", *(prefix for prefix, _ in steps)]
    added = [
        name_of(after.removeprefix(before).strip(), _LONGEST)
        for before, after in pairwise(prefixes)
    ]
    names = [name_of(label) for label in labels]
    first, last = table[0].argmax(), table[-1].argmax()
    alt = words(_ALT, language).format(
        words=len(added), first=names[first], from_=table[0, first], last=names[last],
        to=table[-1, last],
    )  # fmt: skip
    return Picture("trace", alt, lambda palette: _figure(table, added, names, palette, language))


def _figure(
    table: npt.NDArray[np.float64],
    added: list[str],
    names: list[str],
    palette: Palette,
    language: Language,
) -> Figure:
    figure = new_figure(max(5.0, min(12.0, 2.5 + 0.55 * len(added))), 3.8, palette)
    axes = figure.subplots()
    highest = np.sort(np.argsort(-table.max(axis=0), kind="stable")[:MOST])
    for number, label in enumerate(highest.tolist()):
        axes.plot(
            table[:, label], f"{_MARKERS[number]}-", color=palette.line(number), label=names[label]
        )
    step = -(-len(added) // _NAMED)
    shown = [word if place % step == 0 else "" for place, word in enumerate(added)]
    name_places(axes.xaxis, shown, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_ylim(-0.03, 1.03)
    as_percent(axes.yaxis)
    dress(axes, palette, title=words(TITLE, language), y=words(PROBABILITY, language))
    legend(axes, palette, loc="best")
    return figure
