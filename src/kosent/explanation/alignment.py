"""Which part of a text each of its tokens comes from.

Cleaning composes, shortens and drops characters and tokenizers stem, so that no token says where it
stood. But nearly all of them work on one eojeol at a time: the tokens of a text are those of its
parts, one after another, and then each token's part is known. Where they differ (a rule that spans
parts, a tokenizer that looks around), the longest equal stretches are matched and what lies between
them goes in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from kosent.explanation.parts import Layout
from kosent.text.encoding.base import Encoder

NOBODY = -1  # white space between parts, marks of the text's beginning


def owners(encoder: Encoder, layout: Layout, tokens: Sequence[str]) -> list[int]:
    """Return the part that each token comes from.

    Args:
        encoder: A fitted encoder.
        layout: The text and its parts.
        tokens: What the encoder makes of the text ``(tokens,)``.

    Returns:
        Numbers of parts ``(tokens,)``, or ``NOBODY``.
    """
    frame = set(encoder.tokenizer([""])[0])
    places = [place for place, token in enumerate(tokens) if not _is_space(token, frame)]
    own, parts = _tokens_of_parts(encoder, layout, frame)
    found = [NOBODY] * len(tokens)
    matched = _matched([tokens[place] for place in places], own, encoder.truncate == "pre")
    for place, other in zip(places, matched, strict=True):
        found[place] = parts[other] if parts else NOBODY
    return found


def _tokens_of_parts(
    encoder: Encoder, layout: Layout, frame: set[str]
) -> tuple[list[str], list[int]]:
    """Return the tokens of the parts, each taken alone, and the part of each."""
    own: list[str] = []
    parts: list[int] = []
    texts = [encoder.cleaner(layout.text[start:end]) for start, end in layout.spans]
    for part, tokens in enumerate(encoder.tokenizer(texts)):
        for token in tokens:
            is_dropped = encoder.drop_unknown and token not in encoder.vocabulary
            if not is_dropped and not _is_space(token, frame):
                own.append(token)
                parts.append(part)
    return own, parts


def _is_space(token: str, frame: set[str]) -> bool:
    return token in frame or not token.replace("▁", "").strip()  # ▁ is SentencePiece's space


def _matched(tokens: list[str], own: list[str], from_end: bool) -> list[int]:
    """Return the place in ``own`` of each token."""
    if not own:
        return [0] * len(tokens)
    start = max(len(own) - len(tokens), 0) if from_end else 0
    if own[start : start + len(tokens)] == tokens:  # the rule, cut texts included
        return list(range(start, start + len(tokens)))
    found: list[int] = []
    for _, first, end, other, other_end in SequenceMatcher(
        None, tokens, own, autojunk=False
    ).get_opcodes():
        size, width = end - first, max(other_end - other, 1)
        found += [min(other + place * width // size, len(own) - 1) for place in range(size)]
    return found
