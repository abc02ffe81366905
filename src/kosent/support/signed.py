"""Checksums, and JSON documents that carry their own, so that no damage goes unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# What a stranger's file may hold is bounded before it is parsed: three bytes become 72 in memory.
LARGEST_JSON = 16 * 1024**2  # bytes
_MOST_VALUES = 10**6


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(document: Any) -> bytes:
    """Serialise to the JSON that kosent writes: UTF-8, indented, newline at the end.

    Lone surrogates, which a label or a file name may hold, are kept as ``json.loads`` reads them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> Any:
    """Parse a stranger's JSON.

    Raises:
        ValueError: If it is none, or larger than anything that kosent writes.
    """
    if not is_bounded(data):
        raise ValueError(f"JSON of {len(data):,} bytes, or of more than {_MOST_VALUES:,} values")
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"))  # and not UTF-16, which it guesses
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_bounded(data: bytes) -> bool:
    """Tell whether a document is small enough for :func:`from_json`."""
    return len(data) <= LARGEST_JSON and sum(map(data.count, (b",", b"[", b"{"))) <= _MOST_VALUES


def to_signed_json(document: Mapping[str, Any], key: str) -> bytes:
    """Serialise with the SHA-256 of the rest under ``key``, which is not in it."""
    rest = to_json(document)
    last = to_json({key: sha256(rest)}).removeprefix(b"{")  # all again would take as long again
    return (rest.removesuffix(b"\n}\n") + b"," if document else b"{") + last


def from_signed_json(data: bytes, key: str) -> dict[str, Any]:
    """Read what ``to_signed_json`` wrote.

    Raises:
        ValueError: If it is no JSON object, or not byte for byte what was written.
    """
    document = from_json(data)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    document.pop(key, None)
    if data != to_signed_json(document, key):
        raise ValueError("checksum")
    return document
