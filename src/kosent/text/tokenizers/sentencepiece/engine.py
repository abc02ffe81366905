"""A loaded SentencePiece model, guarded against what its library cannot take."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from kosent.errors import BundleError
from kosent.text.tokenizers.sentencepiece.model import read_facts, read_pieces
from kosent.text.unicode import replace_surrogates
from kosent.text.vocabulary import PADDING_ID, SPECIALS, UNKNOWN_ID

if TYPE_CHECKING:
    from kosent.text.codes import Seed
    from kosent.text.tokenizers.sentencepiece.nbest import NBest
    from kosent.text.tokenizers.sentencepiece.sampler import Sampler

# The library segfaults on pieces over 100 KB; 8,000 characters are at most 32 KB.
_ENCODED_CHARACTERS = 8000
# A call with a list starts a pool of threads, 40 us; a call with a text takes 2 us.
_FEW = 32
_MOST_THREADS = 8


class Engine:
    """The loaded model.

    Ids are places in ``pieces``, where padding and unknown stand first: in the model's own order
    where it has them there, as kosent's have, otherwise moved to the front.

    Attributes:
        pieces: All pieces that can be given, padding and unknown first.
    """

    def __init__(self, data: bytes) -> None:
        """Load a model file.

        Raises:
            BundleError: If it is damaged, or no model.
        """
        from sentencepiece import SentencePieceProcessor

        try:
            self._kind = read_facts(data).model
            self._model = SentencePieceProcessor(model_proto=data)
            own: list[str] = self._model.id_to_piece(list(range(self._model.get_piece_size())))
        except (RuntimeError, ValueError) as error:
            raise _damaged() from error
        self._data = data
        special = (self._model.pad_id(), self._model.unk_id())
        if special == (PADDING_ID, UNKNOWN_ID):
            self.pieces, self._places = own, None
        else:
            self.pieces, self._places = _reordered(own, special)

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its pieces."""
        safe = [_safe(text) for text in texts]
        if len(safe) <= _FEW or max(map(len, safe)) > _ENCODED_CHARACTERS:
            return [self._encode_one(text) for text in safe]
        pieces: list[list[str]] = self._model.encode(safe, out_type=str, num_threads=_threads())
        return pieces

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Give the places in ``pieces`` of each text's pieces."""
        safe = [_safe(text) for text in texts]
        if len(safe) <= _FEW or max(map(len, safe)) > _ENCODED_CHARACTERS:
            rows = [self._ids_of_one(text) for text in safe]
        else:
            rows = self._model.encode(safe, out_type=int, num_threads=_threads())
        return self._moved(rows)

    def sample(self, texts: Sequence[str], seed: Seed, alpha: float, nbest: int) -> list[list[int]]:
        """Give places in ``pieces``, of a segmentation of each text drawn at random.

        Text and seed decide it, whatever process, batch or order. With ``nbest`` from 2 on, a
        unigram model draws among as many best ones, in texts over 8,000 characters part by part.
        """
        safe = [_safe(text) for text in texts]
        if nbest == -1 or self._kind == "bpe":
            return self._moved(self._sampler.ids(self._model.normalize(safe), seed, alpha))
        parts: list[str] = []
        borders = [0]
        for text in safe:  # a part of a long one that starts inside a run gets a ▁ too much
            parts += [part for part, _ in _parts(text)]
            borders.append(len(parts))
        drawn = self._nbest.ids(parts, seed, alpha, nbest)
        rows = [list(chain.from_iterable(drawn[start:end])) for start, end in pairwise(borders)]
        return self._moved(rows)

    @cached_property
    def _sampler(self) -> Sampler:  # loaded for training only
        from kosent.text.tokenizers.sentencepiece.sampler import Sampler

        return Sampler(self._data)

    @cached_property
    def _nbest(self) -> NBest:
        from kosent.text.tokenizers.sentencepiece.nbest import NBest

        return NBest(self._model, read_pieces(self._data))

    def decode(self, tokens: Sequence[str]) -> str:
        """Join the pieces of one text to the text again."""
        return str(self._model.decode_pieces(list(tokens)))

    def _moved(self, rows: list[list[int]]) -> list[list[int]]:
        places = self._places
        return rows if places is None else [[places[number] for number in row] for row in rows]

    def _encode_one(self, text: str) -> list[str]:
        if len(text) > _ENCODED_CHARACTERS:
            return self._encode_long(text)
        pieces: list[str] = self._model.encode(text, out_type=str)
        return pieces

    def _ids_of_one(self, text: str) -> list[int]:
        if len(text) > _ENCODED_CHARACTERS:
            return [self._model.piece_to_id(piece) for piece in self._encode_long(text)]
        ids: list[int] = self._model.encode(text, out_type=int)
        return ids

    def _encode_long(self, text: str) -> list[str]:
        tokens: list[str] = []
        for part, after_space in _parts(text):
            pieces = self._model.encode(part, out_type=str)
            tokens += pieces if after_space else self._without_space(pieces)
        return tokens

    def _without_space(self, pieces: list[str]) -> list[str]:
        """Take the ``▁`` off that the model puts before every part, with pieces it knows."""
        if not pieces or not pieces[0].startswith("▁"):  # a model of the user's own may put none
            return pieces
        characters = pieces[0][1:]
        start: list[str] = []
        for character in characters:
            known = self._model.piece_to_id(character) != self._model.unk_id()
            start += [character] if known else [f"<0x{byte:02X}>" for byte in character.encode()]
        return start + pieces[1:]


def _reordered(own: list[str], special: tuple[int, int]) -> tuple[list[str], list[int]]:
    """Move padding and unknown to the front; give the pieces and each own id's new place."""
    rest = [number for number in range(len(own)) if number not in special]
    places = [UNKNOWN_ID] * len(own)
    for place, number in enumerate(rest, start=len(SPECIALS)):
        places[number] = place
    if special[0] >= 0:
        places[special[0]] = PADDING_ID
    return [*SPECIALS, *(own[number] for number in rest)], places


def _safe(text: str) -> str:
    return "" if text.isspace() else replace_surrogates(text)


def _threads() -> int:
    try:
        return min(len(os.sched_getaffinity(0)), _MOST_THREADS)
    except AttributeError:  # not on macOS or Windows
        return min(os.cpu_count() or 1, _MOST_THREADS)


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


def _damaged() -> BundleError:
    return BundleError(
        "SentencePiece 모델 파일(spm.model)이 손상되었습니다: 읽을 수 없습니다",
        "the SentencePiece model (spm.model) is damaged: it cannot be read",
    )
