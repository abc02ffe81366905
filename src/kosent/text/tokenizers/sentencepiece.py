"""Subword pieces learned from the training texts (Kudo and Richardson, 2018).

Pieces start with ``▁`` where a word starts. With identity normalisation, byte fallback and white
space kept, nothing of a text is lost: characters outside the vocabulary become their UTF-8 bytes
(``<0xEA>``). The one exception is ``▁`` (U+2581) itself, which reads as a space.
"""

from __future__ import annotations

import io
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

from kosent.errors import BundleError, DataError, UsageError
from kosent.text.settings import check_count, check_setting, check_share
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.unicode import replace_surrogates

MODEL_FILE = "spm.model"
SMALLEST_VOCABULARY = 300  # 256 bytes, padding, unknown, and some characters

# The library drops training lines over 4,192 bytes: cut them at white space before.
_TRAINING_BYTES = 4000
# It segfaults on pieces over 100 KB; 8,000 characters are at most 32 KB.
_ENCODED_CHARACTERS = 8000
# A character of the trainer's own (U+2585 marks unknown, tab and NUL separate) would make it skip
# the whole line.
_RESERVED = re.compile("[\x00\t\n\r\u2585]")
_SMALLER = re.compile(r"smaller than required_chars")

_log = logging.getLogger(__name__)


class SentencePiece(Tokenizer):
    """Split into pieces of a vocabulary learned from the training texts.

    Args:
        vocabulary_size: Largest number of pieces, padding and unknown included. A corpus that is
            too small for it gives a smaller vocabulary, with one notice to the log.
        model: ``"unigram"`` or ``"bpe"``.
        character_coverage: Share of the corpus's characters that get a piece of their own; the
            rest are written in bytes.
    """

    name = "sentencepiece"
    packages = ("sentencepiece",)

    def __init__(
        self,
        vocabulary_size: int = 16000,
        model: str = "unigram",
        character_coverage: float = 0.9995,
    ) -> None:
        check_count("vocabulary_size", vocabulary_size, SMALLEST_VOCABULARY)
        check_setting(
            "model", model, model in ("unigram", "bpe"), "unigram 또는 bpe여야", "unigram or bpe"
        )
        check_share("character_coverage", character_coverage, 0.98)  # as the library
        self.vocabulary_size = vocabulary_size
        self.model = model
        self.character_coverage = character_coverage
        self._data: bytes | None = None
        self._engine: _Engine | None = None
        self._lock = threading.Lock()

    def fit(self, texts: Iterable[str]) -> Self:
        """Train the model.

        Raises:
            DataError: If there is no text to learn from.
        """
        lines = [line for text in texts for line in _training_lines(text)]
        if not lines:
            raise DataError(
                "SentencePiece가 배울 텍스트가 없습니다 (모두 비어 있습니다)",
                "there is no text for SentencePiece to learn from (all are blank)",
            )
        self._data = self._train(lines)
        self._engine = None
        learned = self._loaded().size
        if learned < self.vocabulary_size:
            _log.warning(
                "말뭉치가 작아서 SentencePiece 어휘를 %d개에서 %d개로 줄였습니다 / "
                "the corpus is small: SentencePiece vocabulary lowered from %d to %d",
                self.vocabulary_size,
                learned,
                self.vocabulary_size,
                learned,
            )
        return self

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its pieces.

        Raises:
            UsageError: If the tokenizer was not fitted.
        """
        return self._loaded().encode(texts)

    def decode(self, tokens: Sequence[str]) -> str:
        """Join the pieces of one text to the text again."""
        return self._loaded().decode(tokens)

    def pieces(self) -> list[str]:
        """Return all pieces in the order of their ids."""
        return list(self._loaded().pieces)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_engine": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def _files(self) -> dict[str, bytes]:
        return {} if self._data is None else {MODEL_FILE: self._data}

    def _load_files(self, files: dict[str, bytes]) -> None:
        if not files:
            return  # it was saved before it was fitted
        if set(files) != {MODEL_FILE}:
            raise _damaged(f"파일 이름 {sorted(files)}", f"file names {sorted(files)}")
        self._data = files[MODEL_FILE]
        self._loaded()

    def _loaded(self) -> _Engine:
        if self._data is None:
            raise UsageError(
                "학습하지 않은 SentencePiece입니다. 먼저 fit을 부르세요",
                "this SentencePiece is not fitted; call fit first",
            )
        with self._lock:
            if self._engine is None:
                self._engine = _Engine(self._data)
            return self._engine

    def _train(self, lines: list[str]) -> bytes:
        try:
            return self._train_once(lines, self.character_coverage)
        except RuntimeError as error:
            if not _SMALLER.search(str(error)):
                raise
        # More characters than there is room for: half of it goes to the commonest, and the
        # others, unseen in training, are written in bytes.
        counts = Counter(character for line in lines for character in line)
        order = sorted(counts, key=lambda character: (-counts[character], character))
        room = (self.vocabulary_size - 256 - 2) // 2
        rare = dict.fromkeys(map(ord, order[room:]), " ")
        return self._train_once([line.translate(rare) for line in lines], 1.0)

    def _train_once(self, lines: list[str], coverage: float) -> bytes:
        from sentencepiece import SentencePieceTrainer

        model = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=model,
            model_type=self.model,
            vocab_size=self.vocabulary_size,
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


class _Engine:
    """The loaded model, guarded against what its library cannot take."""

    def __init__(self, data: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        try:
            self._model = SentencePieceProcessor(model_proto=data)
            self.size: int = self._model.get_piece_size()
            self.pieces = [str(self._model.id_to_piece(number)) for number in range(self.size)]
        except (RuntimeError, ValueError) as error:  # ValueError: a piece that is not UTF-8
            raise _damaged("읽을 수 없습니다", "it cannot be read") from error
        if (self._model.pad_id(), self._model.unk_id()) != (0, 1):
            raise _damaged("패딩과 미등록어 번호가 다릅니다", "its padding and unknown ids differ")

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        safe = [replace_surrogates(text) if not text.isspace() else "" for text in texts]
        if max(map(len, safe), default=0) <= _ENCODED_CHARACTERS:
            pieces: list[list[str]] = self._model.encode(safe, out_type=str, num_threads=1)
            return pieces
        return [self._encode_long(text) for text in safe]

    def decode(self, tokens: Sequence[str]) -> str:
        return str(self._model.decode_pieces(list(tokens)))

    def _encode_long(self, text: str) -> list[str]:
        tokens: list[str] = []
        for part, after_space in _parts(text):
            pieces = self._model.encode(part, out_type=str, num_threads=1)
            tokens += pieces if after_space else self._without_space(pieces)
        return tokens

    def _without_space(self, pieces: list[str]) -> list[str]:
        """Take the ``▁`` off that the model puts before every part, with pieces it knows."""
        characters = pieces[0][1:]
        start: list[str] = []
        for character in characters:
            known = self._model.piece_to_id(character) != self._model.unk_id()
            start += [character] if known else [f"<0x{byte:02X}>" for byte in character.encode()]
        return start + pieces[1:]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a long text; say of each part whether a space, or the beginning, stands before it.

    At a space the next part starts after it, since the model writes the space there again: cut
    so, a text gives the same pieces as in one go. Only unbroken runs are cut elsewhere.
    """
    start, after_space = 0, True
    while len(text) - start > _ENCODED_CHARACTERS:
        end = text.rfind(" ", start + 1, start + _ENCODED_CHARACTERS)
        cut_at_space = end > start
        end = end if cut_at_space else start + _ENCODED_CHARACTERS
        yield text[start:end], after_space
        start, after_space = end + cut_at_space, cut_at_space
    yield text[start:], after_space


def _training_lines(text: str) -> Iterator[str]:
    """Give a text in parts that the trainer neither drops nor skips."""
    text = _RESERVED.sub(" ", replace_surrogates(text))
    if len(text.encode()) <= _TRAINING_BYTES:
        if text.strip():
            yield text
        return
    longest = _TRAINING_BYTES // 4  # characters of at most 4 bytes
    start = 0
    while start < len(text):
        end = start + longest
        if end < len(text):
            end = max(text.rfind(" ", start + 1, end), start) or end
            end = end if end > start else start + longest
        if text[start:end].strip():
            yield text[start:end]
        start = end


def _damaged(korean: str, english: str) -> BundleError:
    return BundleError(
        f"SentencePiece 모델 파일(spm.model)이 손상되었습니다: {korean}",
        f"the SentencePiece model (spm.model) is damaged: {english}",
    )
