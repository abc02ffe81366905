r"""An eojeol's analysis as one string, the form in which it is remembered.

``재미/Noun 있다/Adjective`` is kept as ``재미\x1f있다\x1eAC``: morphemes, then a letter for each
tag. The separators are white space to ``str.split``, so no eojeol holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from sys import intern

from kosent.text.okt.tags import TAGS

Render = Callable[[str], tuple[str, ...]]

_BETWEEN = "\x1f"
_BEFORE_TAGS = "\x1e"
_LETTERS = {tag: chr(ord("A") + place) for place, tag in enumerate(TAGS)}
_TAGS = {letter: tag for tag, letter in _LETTERS.items()}


def pack(tokens: Iterable[tuple[str, str]]) -> str:
    """Write morphemes and their tags as one string."""
    pairs = list(tokens)
    letters = "".join([_LETTERS[tag] for _, tag in pairs])
    return _BETWEEN.join([morpheme for morpheme, _ in pairs]) + _BEFORE_TAGS + letters


def unpack(analysis: str) -> list[tuple[str, str]]:
    """Read morphemes and their tags again."""
    joined, _, letters = analysis.partition(_BEFORE_TAGS)
    return list(zip(joined.split(_BETWEEN), [_TAGS[each] for each in letters], strict=False))


def morphemes(analysis: str) -> tuple[str, ...]:
    """Return the morphemes alone."""
    joined = analysis.partition(_BEFORE_TAGS)[0]
    return tuple(map(intern, joined.split(_BETWEEN))) if joined else ()


def renderer(join: bool, tags: frozenset[str] | None) -> Render:
    """Return the function that turns an analysis into tokens.

    Args:
        join: Tokens as ``형태소/품사``.
        tags: Keep only tokens with one of these tags; all when None.
    """
    if not join and tags is None:
        return morphemes
    kept = frozenset(TAGS) if tags is None else tags

    def render(analysis: str) -> tuple[str, ...]:
        chosen = [token for token in unpack(analysis) if token[1] in kept]
        return tuple([intern("/".join(token) if join else token[0]) for token in chosen])

    return render
