"""Training a SentencePiece model, without losing a text to the trainer's limits."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterable

from kosent.errors import DataError
from kosent.language import Message
from kosent.text.unicode import replace_surrogates

# The library drops training lines over 4,192 bytes: cut them at white space before.
TRAINING_BYTES = 4000
# A character of the trainer's own (U+2585 marks unknown, tab and NUL separate) would make it skip
# the whole line.
_RESERVED = re.compile("[\x00\t\n\r\u2585]")
_SMALLER = re.compile(r"smaller than required_chars")
_log = logging.getLogger("kosent.text.tokenizers.sentencepiece")


def learn(texts: Iterable[str], model: str, vocabulary_size: int, coverage: float) -> bytes:
    """Train a model on any texts, and say in the log where some are so long that they are cut.

    Args:
        texts: The training texts.
        model: As for :func:`train`.
        vocabulary_size: Likewise.
        coverage: Likewise.

    Returns:
        The model file.

    Raises:
        DataError: If there is no text to learn from.
    """
    lines, cut = training_lines(texts)
    if not lines:
        raise DataError(
            "SentencePiece가 배울 텍스트가 없습니다 (모두 비어 있습니다)",
            "there is no text for SentencePiece to learn from (all are blank)",
        )
    if cut:
        _log.warning(
            Message(
                f"SentencePiece 학습: {TRAINING_BYTES:,}바이트가 넘는 글 {cut:,}개를 나누어 "
                "모두 배웁니다",
                f"SentencePiece learns from {cut:,} texts over {TRAINING_BYTES:,} bytes in "
                "parts, leaving nothing out",
            )
        )
    return train(lines, model, vocabulary_size, coverage)


def tell_size(learned: int, asked: int) -> None:
    """Say in the log that a corpus gave fewer pieces than were asked for, where it did."""
    if learned < asked:
        _log.warning(
            Message(
                f"말뭉치가 작아서 SentencePiece 어휘를 {asked}개에서 {learned}개로 줄였습니다",
                f"the corpus is small: SentencePiece vocabulary lowered from {asked} to {learned}",
            )
        )


def train(lines: list[str], model: str, vocabulary_size: int, coverage: float) -> bytes:
    """Train a model; equal arguments give equal bytes.

    Args:
        lines: What :func:`training_lines` gave, not empty.
        model: ``"unigram"`` or ``"bpe"``.
        vocabulary_size: Largest number of pieces.
        coverage: Share of the characters that get a piece of their own.

    Returns:
        The model file.
    """
    try:
        return _train_once(lines, model, vocabulary_size, coverage)
    except RuntimeError as error:
        if not _SMALLER.search(str(error)):
            raise
    # More characters than there is room for: half of it goes to the commonest, and the
    # others, unseen in training, are written in bytes.
    counts = Counter(character for line in lines for character in line)
    order = sorted(counts, key=lambda character: (-counts[character], character))
    room = (vocabulary_size - 256 - 2) // 2
    rare = dict.fromkeys(map(ord, order[room:]), " ")
    return _train_once([line.translate(rare) for line in lines], model, vocabulary_size, 1.0)


def _train_once(lines: list[str], kind: str, vocabulary_size: int, coverage: float) -> bytes:
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type=kind,
        vocab_size=vocabulary_size,
        hard_vocab_limit=False,
        character_coverage=coverage,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=True,
        byte_fallback=True,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        num_threads=2,  # fixed: the order of floating-point sums is part of the result
        minloglevel=2,
    )
    return model.getvalue()


def training_lines(texts: Iterable[str]) -> tuple[list[str], int]:
    """Give lines that the trainer neither drops nor skips, and how many texts had to be cut."""
    lines: list[str] = []
    cut = 0
    for text in texts:
        safe = _RESERVED.sub(" ", replace_surrogates(text))
        whole = len(safe.encode()) <= TRAINING_BYTES
        cut += not whole
        lines += [part for part in ([safe] if whole else _cut(safe)) if part.strip()]
    return lines, cut


def _cut(text: str) -> list[str]:
    longest = TRAINING_BYTES // 4  # characters of at most 4 bytes
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = start + longest
        if end < len(text):
            end = max(text.rfind(" ", start + 1, end), start) or end
            end = end if end > start else start + longest
        parts.append(text[start:end])
        start = end
    return parts
