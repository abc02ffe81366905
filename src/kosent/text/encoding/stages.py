"""What becomes of one text on its way to ids, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kosent.errors import UsageError
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.stream import RAW_A_CLEANED, check_text, kept
from kosent.text.tokenizers import Tokenizer, make
from kosent.text.vocabulary import UNKNOWN_ID


@dataclass(frozen=True, slots=True)
class Change:
    """A rule of the cleaning that changed something.

    Attributes:
        rule: Its name in :class:`kosent.text.cleaning.rules.Rules`.
        text: What it made of the text.
    """

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one text.

    Attributes:
        raw: The text as given.
        raw_unread: Characters at its end that are not looked at.
        changes: The rules that changed something, in their order.
        cleaned: What the tokenizer sees.
        cleaned_unread: Characters at the end of the cleaned text that it does not see.
        tokens: All tokens; those past ``max_length`` are cut off.
        max_length: Tokens kept; None without a fitted encoder.
        ids: The ids of the kept tokens, at least one; None without a fitted encoder.
        unknown: The kept tokens that have no id of their own, each once; where the encoder drops
            those, all of them.
        truncate: ``"pre"`` where the beginning of a text is cut.
    """

    raw: str
    raw_unread: int
    changes: tuple[Change, ...]
    cleaned: str
    cleaned_unread: int
    tokens: tuple[str, ...]
    max_length: int | None = None
    ids: tuple[int, ...] | None = None
    unknown: tuple[str, ...] = ()
    truncate: str = "post"

    @property
    def cut(self) -> tuple[str, ...]:
        """The tokens that ``max_length`` leaves out."""
        if self.max_length is None:
            return ()
        if self.truncate == "pre":
            return self.tokens[: -self.max_length]
        return self.tokens[self.max_length :]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "raw": self.raw,
            "raw_unread": self.raw_unread,
            "changes": [{"rule": change.rule, "text": change.text} for change in self.changes],
            "cleaned": self.cleaned,
            "cleaned_unread": self.cleaned_unread,
            "tokens": list(self.tokens),
            "max_length": self.max_length,
            "cut": list(self.cut),
            "ids": None if self.ids is None else list(self.ids),
            "unknown": list(self.unknown),
        }


def explain_text(
    text: str, *, tokenizer: str | Tokenizer = "whitespace", cleaner: Cleaner | None = None
) -> Stages:
    """Show the stages of a text where no vocabulary has been learned: there are no ids.

    Args:
        text: Any string.
        tokenizer: A name in ``TOKENIZERS``, or a tokenizer; one that learns must have learned.
        cleaner: The cleaning; the preset ``korean`` when None.

    Raises:
        UsageError: If a name is not known, or the tokenizer has yet to learn.
        DataError: If ``text`` is not a string.
        RuntimeSetupError: If the tokenizer needs something that is not installed.
    """
    check_text(text)
    cleaner = cleaner or Cleaner()
    named = make(tokenizer) if isinstance(tokenizer, str) else tokenizer
    if type(named).fit is not Tokenizer.fit and not named.state().files:
        raise UsageError(
            f"'{named.name}' 토크나이저는 먼저 학습해야 합니다. 학습한 모델을 쓰세요 (--bundle)",
            f"the tokenizer {named.name!r} has to learn first; use a trained model (--bundle)",
        )
    changes, cleaned = _clean(text, cleaner)
    return Stages(text, 0, changes, cleaned, 0, tuple(named([cleaned])[0]))


def explain_encoding(text: str, encoder: TextEncoder) -> Stages:
    """Show the stages of a text in a fitted encoder.

    Args:
        text: Any string.
        encoder: A fitted encoder.

    Raises:
        UsageError: If the encoder is not fitted.
        DataError: If ``text`` is not a string.
        RuntimeSetupError: If the tokenizer needs something that is not installed.
    """
    check_text(text)
    length = encoder.max_length_
    read = text[kept(RAW_A_CLEANED * encoder.most_characters, encoder.truncate)]
    changes, cleaned = _clean(read, encoder.cleaner)
    seen = cleaned[kept(encoder.most_characters, encoder.truncate)]
    tokens = tuple(encoder.tokenizer([seen])[0])
    ids = tuple(encoder.encode([text]).ids.tolist())
    if encoder.drop_unknown:
        unknown = [token for token in tokens if token not in encoder.vocabulary]
    else:
        pairs = zip(tokens[kept(length, encoder.truncate)], ids, strict=False)
        unknown = [token for token, number in pairs if number == UNKNOWN_ID]
    return Stages(
        raw=text,
        raw_unread=len(text) - len(read),
        changes=changes,
        cleaned=seen,
        cleaned_unread=len(cleaned) - len(seen),
        tokens=tokens,
        max_length=length,
        ids=ids,
        unknown=tuple(dict.fromkeys(unknown)),
        truncate=encoder.truncate,
    )


def _clean(text: str, cleaner: Cleaner) -> tuple[tuple[Change, ...], str]:
    changes: list[Change] = []
    for rule, step in cleaner.rules.steps():
        result = step(text)
        if result != text:
            changes.append(Change(rule, result))
        text = result
    return tuple(changes), text
