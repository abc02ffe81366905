"""The tokenizers: a new one is a file beside this one and a row in ``TOKENIZERS``.

A tokenizer's module is imported when it is looked up: a process that predicts with one of them
reads none of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kosent.errors import BundleError, UsageError, unknown_name
from kosent.text.tokenizers.base import Tokenizer, TokenizerState

if TYPE_CHECKING:
    from kosent.text.tokenizers.character import Character
    from kosent.text.tokenizers.jamo import Jamo
    from kosent.text.tokenizers.kiwi import Kiwi
    from kosent.text.tokenizers.okt import Okt
    from kosent.text.tokenizers.sentencepiece import SentencePiece
    from kosent.text.tokenizers.whitespace import Whitespace

__all__ = [
    "TOKENIZERS",
    "Character",
    "Jamo",
    "Kiwi",
    "Okt",
    "SentencePiece",
    "Tokenizer",
    "TokenizerState",
    "Whitespace",
    "find",
    "make",
    "restore",
]


class _Table(Mapping[str, type[Tokenizer]]):
    """Classes by name, from modules of that name beside this one.

    Args:
        classes: The name of each class.
    """

    def __init__(self, **classes: str) -> None:
        self.classes = classes

    def __getitem__(self, name: str) -> type[Tokenizer]:
        kind = self.classes[name]
        tokenizer: type[Tokenizer] = getattr(import_module(f"{__name__}.{name}"), kind)
        return tokenizer

    def __iter__(self) -> Iterator[str]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)


TOKENIZERS = _Table(
    whitespace="Whitespace",
    okt="Okt",
    sentencepiece="SentencePiece",
    character="Character",
    jamo="Jamo",
    kiwi="Kiwi",
)


def __getattr__(name: str) -> type[Tokenizer]:
    for row, kind in TOKENIZERS.classes.items():
        if kind == name:
            return TOKENIZERS[row]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def make(name: str, **settings: Any) -> Tokenizer:
    """Build a tokenizer by its name.

    Args:
        name: A name in ``TOKENIZERS``.
        **settings: The constructor's arguments.

    Raises:
        UsageError: If the name, a setting or its value is not valid.
    """
    tokenizer = find(name)
    valid = tokenizer.setting_names()
    unknown = sorted(set(settings) - set(valid))
    if unknown:
        listed = ", ".join(valid) or "-"
        raise UsageError(
            f"'{name}' 토크나이저에 없는 설정입니다: {', '.join(unknown)}. "
            f"쓸 수 있는 설정: {listed}",
            f"the tokenizer {name!r} has no setting {', '.join(unknown)}. Known: {listed}",
        )
    return tokenizer(**settings)


def find(name: str) -> type[Tokenizer]:
    """Look up a tokenizer's class.

    Raises:
        UsageError: If there is no tokenizer of that name.
    """
    try:
        return TOKENIZERS[name]
    except (KeyError, TypeError):
        raise unknown_name("토크나이저", "tokenizer", name, TOKENIZERS) from None


def restore(state: TokenizerState) -> Tokenizer:
    """Build the tokenizer that gave ``state``.

    Raises:
        BundleError: If the state names an unknown tokenizer or setting, or its files are damaged.
    """
    try:
        if any(state.settings.get(name) is not None for name in find(state.name).paths):
            raise UsageError("파일 이름인 설정", "a setting names a file")
        tokenizer = make(state.name, **state.settings)
    except (UsageError, TypeError) as error:
        raise BundleError(
            f"저장된 토크나이저를 되살릴 수 없습니다: {getattr(error, 'korean', error)}",
            f"the saved tokenizer cannot be rebuilt: {getattr(error, 'english', error)}",
        ) from error
    tokenizer._load_files(state.files)
    return tokenizer
