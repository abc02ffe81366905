"""Checksums, and JSON documents that carry their own, so that no damage goes unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(document: Any) -> bytes:
    """Serialise to the JSON that kosent writes: UTF-8, indented, newline at the end.

    Lone surrogates, which a label or a file name may hold, are kept as ``json.loads`` reads them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "surrogatepass")


def to_signed_json(document: Mapping[str, Any], key: str) -> bytes:
    """Serialise with the SHA-256 of the rest under ``key``, so that no damage goes unseen."""
    return to_json({**document, key: sha256(to_json(document))})


def from_signed_json(data: bytes, key: str) -> dict[str, Any]:
    """Read what ``to_signed_json`` wrote.

    Raises:
        ValueError: If it is no JSON object, or not byte for byte what was written.
    """
    try:
        document = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    document.pop(key, None)
    if data != to_signed_json(document, key):
        raise ValueError("checksum")
    return document
