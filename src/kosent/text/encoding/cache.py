"""Encoders that were fitted, and corpora that were encoded, kept for the next training.

A second training on the same texts with the same cleaning, tokenizer and vocabulary settings
neither fits nor tokenizes: encoder and ids come from disk (:mod:`kosent.text.cache`). An entry is
found by the hash of everything that decides it: texts, settings, learned files, the tokenizer's
libraries, and kosent's own code.
"""

from __future__ import annotations

import hashlib
import json
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache as once
from pathlib import Path
from typing import Any

import numpy as np

from kosent.support.files import code_sha256
from kosent.support.signed import sha256
from kosent.text import cache
from kosent.text.encoding.encoded import EncodedTexts, offsets_of
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.stream import chunks
from kosent.text.tokenizers import TOKENIZERS, TokenizerState

ENCODERS = "encoders"
ENCODED = "encoded"
FEWEST = 100  # texts; fewer are encoded as quickly as they are looked up

Progress = Callable[[int, int | None], None]


def fit_encode(
    encoder: TextEncoder, texts: Sequence[str], progress: Progress | None = None
) -> tuple[TextEncoder, EncodedTexts]:
    """Fit an encoder on the training texts and give their ids, as ``TextEncoder.fit_encode``.

    Args:
        encoder: Says how; it is fitted itself only where no equal one is remembered.
        texts: The training texts.
        progress: Called with the number of texts done and their total.

    Returns:
        The fitted encoder and the ids.

    Raises:
        DataError: If there is no text, or one is not a string.
    """
    if not _is_worth_it(encoder, texts):
        return encoder, encoder.fit_encode(texts, progress)
    name = _name(_settings(encoder), _hash_of(texts))
    known = cache.read(ENCODERS, name)
    if known is not None:
        encoder = TextEncoder.from_files(_unpack(known))
        return encoder, encode(encoder, texts, progress)
    encoded = encoder.fit_encode(texts, progress)
    cache.write(ENCODERS, name, _pack(encoder.files()))
    _write_encoded(_name(_fitted(encoder), _hash_of(texts)), encoded)
    return encoder, encoded


def encode(
    encoder: TextEncoder, texts: Sequence[str], progress: Progress | None = None
) -> EncodedTexts:
    """Turn texts into ids, as ``TextEncoder.encode``, or remember them.

    Args:
        encoder: A fitted encoder.
        texts: Any strings.
        progress: Called with the number of texts done and their total.

    Raises:
        DataError: If a text is not a string.
    """
    if not _is_worth_it(encoder, texts):
        return encoder.encode(texts, progress)
    name = _name(_fitted(encoder), _hash_of(texts))
    encoded = _read_encoded(name)
    if encoded is None:
        encoded = encoder.encode(texts, progress)
        _write_encoded(name, encoded)
    elif progress is not None:
        progress(len(texts), len(texts))
    return encoded


def _is_worth_it(encoder: TextEncoder, texts: Sequence[str]) -> bool:
    """Say whether there is something to win, and nothing of the user's own code involved."""
    tokenizer = encoder.tokenizer
    ours = TOKENIZERS.get(tokenizer.name) is type(tokenizer)
    strings = all(isinstance(text, str) for text in texts)  # else the encoder names the row
    return len(texts) >= FEWEST and ours and strings and cache.folder() is not None


def _settings(encoder: TextEncoder) -> list[Any]:
    cleaner, tokenizer = encoder.cleaner, encoder.tokenizer
    cleaning = [cleaner.preset, cleaner.options]
    limits = [encoder.vocabulary_size, encoder.min_count, encoder.max_length]
    kept = [encoder.truncate, encoder.drop_unknown]
    return [cleaning, limits, kept, _about(tokenizer.state()), tokenizer.identity()]


def _fitted(encoder: TextEncoder) -> list[Any]:
    files = {name: sha256(data) for name, data in encoder.files().items()}
    return [files, encoder.tokenizer.identity()]


def _about(state: TokenizerState) -> list[Any]:
    return [state.name, state.settings, {name: sha256(data) for name, data in state.files.items()}]


def _name(decisive: list[Any], texts: str) -> str:
    versions = [unicodedata.unidata_version, _own_code()]
    return sha256(json.dumps([versions, decisive, texts], sort_keys=True).encode())[:40]


def _hash_of(texts: Iterable[str]) -> str:
    """Hash texts: 150,000 reviews in 0.1 s."""
    digest = hashlib.sha256()
    for chunk in chunks(texts):
        lengths = struct.pack(f"<{len(chunk)}Q", *map(len, chunk))
        digest.update(lengths)
        digest.update("".join(chunk).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@once
def _own_code() -> str:
    """Hash the code between text and ids, so that no entry outlives a change of it."""
    return code_sha256(Path(__file__).parents[1])  # kosent/text


def _write_encoded(name: str, encoded: EncodedTexts) -> None:
    highest = int(encoded.ids.max(initial=0))
    ids = encoded.ids.astype(np.min_scalar_type(highest))
    lengths = encoded.lengths.astype("<u4")
    parts = {"lengths": lengths.tobytes(), f"ids {ids.dtype.str}": ids.tobytes()}
    cache.write(ENCODED, name, _pack(parts))


def _read_encoded(name: str) -> EncodedTexts | None:
    content = cache.read(ENCODED, name)
    if content is None:
        return None
    (_, lengths), (kind, ids) = _unpack(content).items()
    numbers = np.frombuffer(ids, np.dtype(kind.removeprefix("ids "))).astype(np.int32)
    return EncodedTexts(numbers, offsets_of(np.frombuffer(lengths, "<u4").astype(np.int64)))


def _pack(files: Mapping[str, bytes]) -> bytes:
    """Join files: a line of JSON with their names and sizes, then their contents."""
    sizes = {name: len(data) for name, data in files.items()}
    return json.dumps(sizes).encode() + b"\n" + b"".join(files.values())


def _unpack(content: bytes) -> dict[str, bytes]:
    header, _, joined = content.partition(b"\n")
    return dict(_cut(json.loads(header), joined))


def _cut(sizes: Mapping[str, int], joined: bytes) -> Iterator[tuple[str, bytes]]:
    start = 0
    for name, size in sizes.items():
        yield name, joined[start : start + size]
        start += size
