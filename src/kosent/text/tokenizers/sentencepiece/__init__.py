"""Subword pieces learned from the training texts (Kudo and Richardson, 2018).

Pieces start with ``▁`` where a word starts. With identity normalisation, byte fallback and white
space kept, nothing of a text is lost: characters outside the vocabulary become their UTF-8 bytes
(``<0xEA>``). The one exception is ``▁`` (U+2581) itself, which reads as a space.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from kosent.errors import BundleError, UsageError
from kosent.support.checks import check_count, check_setting, check_share, is_count
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.tokenizers.sentencepiece.engine import Engine
from kosent.text.tokenizers.sentencepiece.model import SMALLEST_VOCABULARY, read_facts

if TYPE_CHECKING:
    from kosent.text.codes import Seed

MODEL_FILE = "spm.model"


class SentencePiece(Tokenizer):
    """Split into pieces of a vocabulary learned from the training texts.

    Args:
        vocabulary_size: Largest number of pieces, padding and unknown included. A corpus that is
            too small for it gives a smaller vocabulary, with one notice to the log.
        model: ``"unigram"`` or ``"bpe"``.
        character_coverage: Share of the corpus's characters that get a piece of their own; the
            rest are written in bytes.
        alpha: Draw another segmentation of each training text in every epoch, which makes a
            network lean less on single pieces (Kudo, 2018; Provilkov et al., 2020). For unigram
            the exponent of the probabilities, 0.1 to 0.5 being usual and smaller wilder; for bpe
            the share of merges left out. Nothing is drawn with ``None``, and never in prediction.
        nbest: Draw from this many best segmentations, or from all with -1 (unigram only). All is
            the quicker way.
        model_file: A model of your own (``.model``), used as it is: nothing is trained, and its
            own kind, size and normalisation count instead of the settings here. The encoder's
            files hold it whole.

    Raises:
        UsageError: If a setting cannot be used, ``model_file`` is not a model, or ``alpha`` is
            given for one that cannot draw: neither unigram nor bpe.
    """

    name = "sentencepiece"
    packages = ("sentencepiece",)
    paths = ("model_file",)

    def __init__(
        self,
        vocabulary_size: int = 16000,
        model: str = "unigram",
        character_coverage: float = 0.9995,
        alpha: float | None = None,
        nbest: int = -1,
        model_file: str | None = None,
    ) -> None:
        check_count("vocabulary_size", vocabulary_size, SMALLEST_VOCABULARY)
        check_setting(
            "model", model, model in ("unigram", "bpe"), "unigram 또는 bpe여야", "unigram or bpe"
        )
        check_share("character_coverage", character_coverage, 0.98)  # as the library
        _check_sampling(alpha, nbest)
        self.vocabulary_size = vocabulary_size
        self.model = model
        self.character_coverage = character_coverage
        self.alpha = alpha
        self.nbest = nbest
        self.model_file = model_file
        self._data: bytes | None = None
        if model_file is not None:
            from kosent.text.tokenizers.sentencepiece.given import read_model

            self._data = read_model(model_file)
            _check_drawing(alpha, self._data)
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def fit(self, texts: Iterable[str]) -> Self:
        """Train the model; with a model file there is nothing to train.

        Raises:
            DataError: If there is no text to learn from.
        """
        if self.model_file is not None:
            from kosent.text.tokenizers.sentencepiece.given import tell_losses

            tell_losses(self.model_file, self._data or b"")
            return self
        from kosent.text.tokenizers.sentencepiece.training import learn, tell_size

        self._data = learn(texts, self.model, self.vocabulary_size, self.character_coverage)
        self._engine = None
        tell_size(len(self._loaded().pieces), self.vocabulary_size)
        return self

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its pieces.

        Raises:
            UsageError: If the tokenizer was not fitted.
        """
        return self._loaded().encode(texts)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the places in :meth:`pieces` of each text's pieces.

        Raises:
            UsageError: If the tokenizer was not fitted.
        """
        return self._loaded().ids(texts)

    @property
    def draws(self) -> bool:
        """Whether :meth:`sample` draws: with ``alpha``."""
        return self.alpha is not None

    def sample(self, texts: Sequence[str], seed: Seed) -> list[list[int]] | None:
        """Return places in :meth:`pieces`, of segmentations drawn at random.

        A text and the seed decide what it gets, whatever process, batch and order. ``None``
        without ``alpha``.
        """
        if self.alpha is None:
            return None
        return self._loaded().sample(texts, seed, self.alpha, self.nbest)

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
            raise BundleError(
                f"SentencePiece 모델의 파일이 다릅니다: {', '.join(sorted(files))}",
                f"these are not the files of a SentencePiece model: {', '.join(sorted(files))}",
            )
        self._data = files[MODEL_FILE]
        self._loaded()

    def _loaded(self) -> Engine:
        if self._data is None:
            raise UsageError(
                "학습하지 않은 SentencePiece입니다. 먼저 fit을 부르세요",
                "this SentencePiece is not fitted; call fit first",
            )
        with self._lock:
            if self._engine is None:
                self._engine = Engine(self._data)
            return self._engine


def _check_sampling(alpha: object, nbest: object) -> None:
    check_setting(
        "alpha",
        alpha,
        alpha is None or (isinstance(alpha, float) and 0 < alpha <= 1),
        "0보다 크고 1.0 이하인 소수이거나 None이어야",
        "a float above 0 and at most 1.0, or None",
    )
    check_setting(
        "nbest",
        nbest,
        nbest == -1 or (is_count(nbest, 2) and nbest <= 512),
        "-1이거나 2에서 512 사이의 정수여야",
        "-1, or a whole number from 2 to 512",
    )


def _check_drawing(alpha: float | None, data: bytes) -> None:
    kind = read_facts(data).model
    if alpha is not None and kind not in ("unigram", "bpe"):
        raise UsageError(
            f"alpha는 unigram이나 bpe 모델에 씁니다: model_file은 {kind} 모델입니다. 빼세요",
            f"alpha needs a unigram or bpe model, and model_file is a {kind} model; leave it out",
        )
