"""A sentence's vectors in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.plotting.canvas import dress, font, legend, name_of, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Points = npt.NDArray[np.float64]

TITLE = ("토큰의 벡터, 주성분 둘", "the tokens' vectors by two principal components")
COSINES = ("숫자는 두 임베딩의 코사인", "numbers: cosine of the two tables")
COMPONENT = ("주성분 {} ({:.0%})", "component {} ({:.0%})")
LONGEST = 20  # characters of a token that are shown
_MARKERS = "os^D"
_ALT = (
    "토큰 {tokens}개의 벡터를 주성분 둘로 나타낸 그림. 두 성분이 분산의 {share:.0%}를 설명합니다",
    "The vectors of {tokens} tokens on two principal components, which explain {share:.0%} of "
    "their variance",
)


def sentence_picture(
    tokens: Sequence[str],
    vectors: Mapping[str, npt.NDArray[np.float32]],
    cosines: npt.NDArray[np.float32] | None = None,
    *,
    language: Language = "both",
) -> Picture:
    """Draw each token of a sentence where the first two principal components put it.

    The vectors of all tables share one plane, and a line joins those of one token. A token that
    comes again is drawn once.

    Args:
        tokens: ``T`` tokens.
        vectors: float32 ``(T, E)`` of each table, by the table's name.
        cosines: ``(T,)``, how alike two tables see a token: written beside it.
        language: That of its words.
    """
    first = {token: place for place, token in reversed(list(enumerate(tokens)))}
    places = [first[token] for token in dict.fromkeys(tokens)]
    stacked = np.concatenate([table[places] for table in vectors.values()])
    flat, shares = principal_plane(stacked)
    points = flat.reshape(len(vectors), len(places), 2)
    names = [_label(tokens[place], None if cosines is None else cosines[place]) for place in places]

    def draw(palette: Palette) -> Figure:
        figure = new_figure(8, 6, palette)
        axes = figure.subplots()
        _place(axes, points, list(vectors), names, palette)
        title = words(TITLE, language)
        if cosines is not None:
            title += "\n" + words(COSINES, language)
        x, y = (
            words(COMPONENT, language).format(number, share, number, share)
            for number, share in enumerate(shares, start=1)
        )
        dress(axes, palette, title=title, x=x, y=y)
        legend(axes, palette)
        return figure

    alt = words(_ALT, language).format(tokens=len(places), share=float(shares.sum()))
    return Picture("vectors", alt, draw)


def _place(
    axes: Any, points: Points, tables: Sequence[str], names: Sequence[str], palette: Palette
) -> None:
    """Put the points ``(tables, tokens, 2)`` into the plane, with their names."""
    axes.plot(*points.transpose(2, 0, 1), color=palette.grid, zorder=1)
    marked = enumerate(zip(tables, _MARKERS, points, strict=False))
    for number, (table, marker, each) in marked:
        colour = palette.line(number)
        axes.scatter(*each.T, marker=marker, color=colour, label=name_of(table), zorder=2)
    for name, point in zip(names, points[0], strict=True):
        axes.annotate(
            name,
            point,
            xytext=(4, 4),
            textcoords="offset points",
            fontproperties=font(9),
            color=palette.ink,
            parse_math=False,
            zorder=3,
        )
    axes.margins(0.15)


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
    shown = name_of(token, LONGEST)
    return shown if cosine is None else f"{shown} {cosine:.2f}"
