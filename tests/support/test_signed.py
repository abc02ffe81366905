"""Documents that carry their checksum: no damage goes unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.support.signed import from_signed_json, sha256, to_json, to_signed_json

KEY = "sha"
DOCUMENTS = st.dictionaries(
    st.text(),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
).filter(lambda document: KEY not in document)


def test_it_is_utf8_for_people() -> None:
    assert to_json({"라벨": "긍정"}) == '{\n  "라벨": "긍정"\n}\n'.encode()


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(float("nan"))


def test_lone_surrogates_survive() -> None:
    assert json.loads(to_json(["\ud800", "x\udcff"])) == ["\ud800", "x\udcff"]


@given(DOCUMENTS)
def test_signed_documents_come_back(document: dict[str, Any]) -> None:
    assert from_signed_json(to_signed_json(document, KEY), KEY) == document


@given(DOCUMENTS, st.data())
def test_a_flipped_bit_is_seen(document: dict[str, Any], data: st.DataObject) -> None:
    signed = bytearray(to_signed_json(document, KEY))
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ValueError):  # noqa: PT011  any of JSON's, or ours
        from_signed_json(bytes(signed), KEY)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{}", b'{"sha": "00"}', b"[" * 10**5, b"\xff"]
)
def test_what_was_not_signed_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_signed_json(data, KEY)


def test_sha256_is_the_standard_one() -> None:
    assert sha256(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")
