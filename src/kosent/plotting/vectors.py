"""A sentence's vectors in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.plotting.canvas import drawable, font, legend, new_figure, to_png

Points = npt.NDArray[np.float64]

TITLE = "토큰의 벡터, 주성분 둘 / the tokens' vectors by two principal components"
COSINES = "숫자는 두 임베딩의 코사인 / numbers: cosine of the two tables"
COMPONENT = "주성분 {} ({:.0%}) / component {}"
LONGEST = 20  # characters of a token that are shown
_MARKERS = "os^D"


def sentence_picture(
    tokens: Sequence[str],
    vectors: Mapping[str, npt.NDArray[np.float32]],
    cosines: npt.NDArray[np.float32] | None = None,
) -> bytes:
    """Draw each token of a sentence where the first two principal components put it.

    The vectors of all tables share one plane, and a line joins those of one token. A token that
    comes again is drawn once.

    Args:
        tokens: ``T`` tokens.
        vectors: float32 ``(T, E)`` of each table, by the table's name.
        cosines: ``(T,)``, how alike two tables see a token: written beside it.

    Returns:
        A PNG file.

    Raises:
        RuntimeSetupError: If matplotlib or the font's package is not installed.
    """
    first = {token: place for place, token in reversed(list(enumerate(tokens)))}
    places = [first[token] for token in dict.fromkeys(tokens)]
    stacked = np.concatenate([table[places] for table in vectors.values()])
    flat, shares = principal_plane(stacked)
    points = flat.reshape(len(vectors), len(places), 2)
    figure = new_figure(8, 6)
    axes = figure.subplots()
    axes.plot(*points.transpose(2, 0, 1), color="0.8", zorder=1)
    for name, marker, each in zip(vectors, _MARKERS, points, strict=False):
        axes.scatter(*each.T, marker=marker, label=name, zorder=2)
    for place, point in zip(places, points[0], strict=True):
        label = _label(tokens[place], None if cosines is None else cosines[place])
        axes.annotate(
            label,
            point,
            xytext=(4, 4),
            textcoords="offset points",
            fontproperties=font(9),
            parse_math=False,
            zorder=3,
        )
    _describe(axes, shares, compared=cosines is not None)
    return to_png(figure)


def principal_plane(vectors: npt.NDArray[np.floating[Any]]) -> tuple[Points, Points]:
    """Project vectors on their first two principal components (Pearson 1901), by SVD.

    The sign of a component is not determined: here its largest weight is positive.

    Args:
        vectors: ``(N, E)``.

    Returns:
        Coordinates ``(N, 2)`` around the mean, and the components' shares of the variance ``(2,)``.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, strengths, components = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    points, shares = np.zeros((len(vectors), 2)), np.zeros(2)
    kept = min(2, len(components))
    points[:, :kept] = (centred @ components.T * signs)[:, :kept]
    variances = strengths**2
    shares[:kept] = variances[:kept] / max(variances.sum(), np.finfo(float).tiny)
    return points, shares


def _label(token: str, cosine: float | None) -> str:
    shown = drawable(token if len(token) <= LONGEST else token[:LONGEST] + "…")
    return shown if cosine is None else f"{shown} {cosine:.2f}"


def _describe(axes: Any, shares: Points, *, compared: bool) -> None:
    axes.set_title(f"{TITLE}\n{COSINES}" if compared else TITLE, fontproperties=font(11))
    for number, (name, share) in enumerate(zip("xy", shares, strict=True), start=1):
        text = COMPONENT.format(number, share, number)
        axes.set(**{f"{name}label": text})
        getattr(axes, f"{name}axis").label.set_fontproperties(font(9))
    axes.margins(0.15)
    axes.grid(alpha=0.3)
    legend(axes)
