"""A SentencePiece model of the user's own."""

from __future__ import annotations

import logging

from kosent.errors import BundleError, UsageError
from kosent.language import Message
from kosent.support.checks import check_setting
from kosent.support.paths import user_path
from kosent.text.tokenizers.sentencepiece.engine import Engine
from kosent.text.tokenizers.sentencepiece.model import LARGEST_MODEL, read_facts

_log = logging.getLogger("kosent.text.tokenizers.sentencepiece")


def read_model(path: str) -> bytes:
    """Read a model of the user's own.

    Raises:
        UsageError: If it cannot be read, or is no model that can be used.
    """
    check_setting("model_file", path, isinstance(path, str), "파일 경로여야", "the path of a file")
    try:
        with user_path(path).open("rb") as file:
            data = file.read(LARGEST_MODEL + 1)
        read_facts(data)
        Engine(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _not_a_model(
            path, f"읽을 수 없습니다 ({reason})", f"cannot read ({reason})"
        ) from error
    except (ValueError, BundleError) as error:
        korean, english = (str(getattr(error, name, error)) for name in ("korean", "english"))
        raise _not_a_model(path, f"쓸 수 없는 파일입니다 ({korean})", english) from error
    return data


def tell_losses(path: str, data: bytes) -> None:
    """Say in the log where a model may change texts, or lose something of them."""
    facts = read_facts(data)
    if facts.normalization != "identity" or not facts.byte_fallback:
        known = f"normalization={facts.normalization or '-'}, byte_fallback={facts.byte_fallback}"
        _log.warning(
            Message(
                f"'{path}': 글을 바꾸거나 잃을 수 있는 모델입니다 ({known})",
                f"'{path}': this model may change or lose characters ({known})",
            )
        )


def _not_a_model(path: str, korean: str, english: str) -> UsageError:
    return UsageError(
        f"SentencePiece 모델 '{path}': {korean}", f"the SentencePiece model '{path}': {english}"
    )
