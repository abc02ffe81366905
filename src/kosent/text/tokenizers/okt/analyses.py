r"""An eojeol's analysis as one string, the form in which it is remembered.

``재미/Noun 있다/Adjective`` is kept as ``재미\x1f있다\x1eAC``: morphemes, then a letter for each
tag. The separators are white space to ``str.split``, so no eojeol holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kosent.text.tokenizers.okt.tags import TAGS

Render = Callable[[Iterable[str]], list[tuple[str, ...]]]

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


def morphemes(analyses: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the morphemes of each analysis, without tags."""
    return [
        tuple(joined.split(_BETWEEN)) if (joined := each.partition(_BEFORE_TAGS)[0]) else ()
        for each in analyses
    ]


def renderer(join: bool, tags: frozenset[str] | None) -> Render:
    """Return the function that turns analyses into tokens.

    Args:
        join: Tokens as ``형태소/품사``.
        tags: Keep only tokens with one of these tags; all when None.
    """
    if not join and tags is None:
        return morphemes
    kept = frozenset(TAGS) if tags is None else tags

    def render(analyses: Iterable[str]) -> list[tuple[str, ...]]:
        return [
            tuple([f"{word}/{tag}" if join else word for word, tag in unpack(each) if tag in kept])
            for each in analyses
        ]

    return render
