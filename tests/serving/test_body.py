"""Bodies: bounded in size and time, and JSON by the letter."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.datastructures import Headers

from kosent.serving.body import Bodies, parsed
from kosent.serving.refusals import Refusal

Messages = list[dict[str, Any]]


def parts(*contents: bytes) -> Messages:
    last = len(contents) - 1
    return [
        {"type": "http.request", "body": content, "more_body": number < last}
        for number, content in enumerate(contents)
    ]


def read(bodies: Bodies, messages: Iterable[dict[str, Any]], **headers: str) -> bytes:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    waiting = iter(messages)

    async def receive() -> Any:
        for message in waiting:
            return message
        await asyncio.sleep(60)  # who sends it has fallen asleep
        return None

    asked = Headers({"content-type": "application/json", **sent})
    return asyncio.run(bodies.read(asked, receive))


def refused(bodies: Bodies, messages: Iterable[dict[str, Any]], **headers: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(bodies, messages, **headers)
    return caught.value


def test_a_body_comes_whole_or_in_parts() -> None:
    bodies = Bodies(10, 100)
    assert read(bodies, parts(b"0123456789")) == b"0123456789"
    assert read(bodies, parts(b"01234", b"", b"56789")) == b"0123456789"


@pytest.mark.parametrize("contents", [[b"x" * 11], [b"x" * 6, b"x" * 6], [b"x"] * 11])
def test_one_that_is_too_large_is_refused_though_it_does_not_say_so(contents: list[bytes]) -> None:
    bodies = Bodies(10, 100)
    refusal = refused(bodies, parts(*contents))
    assert (refusal.status, refusal.code, refusal.limit) == (413, "body_too_large", 10)
    assert refusal.headers["connection"] == "close"
    assert read(bodies, parts(b"12345", b"67890")) == b"1234567890"  # nothing is held any more


def test_one_that_says_so_is_refused_without_being_read() -> None:
    messages = iter(parts(b"x" * 11))
    refusal = refused(Bodies(10, 100), messages, content_length="11", expect="100-continue")
    assert (refusal.status, refusal.received) == (413, 11)
    assert len(list(messages)) == 1


def test_what_is_refused_is_read_no_further_than_some_bodies() -> None:
    messages = iter(parts(*[b"x" * 10] * 1000))
    assert refused(Bodies(10, 10_000), messages).status == 413
    assert len(list(messages)) > 900


def test_all_together_are_bounded() -> None:
    refusal = refused(Bodies(100, 50), parts(b"x" * 30, b"x" * 30))
    assert (refusal.status, refusal.code) == (503, "overloaded")


def test_one_that_does_not_come_is_given_up() -> None:
    bodies = Bodies(10, 100, seconds=0.05)
    refusal = refused(bodies, parts(b"x", b"y")[:1])
    assert (refusal.status, refusal.code) == (408, "body_timeout")
    assert refusal.headers["connection"] == "close"
    assert read(bodies, parts(b"12345", b"67890")) == b"1234567890"


def test_one_that_breaks_off_is_nobodys() -> None:
    messages = [*parts(b"x", b"y")[:1], {"type": "http.disconnect"}]
    assert refused(Bodies(10, 100), messages).status == 499


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"])
def test_packed_ones_are_refused(coding: str) -> None:
    refusal = refused(Bodies(10, 100), parts(b"x"), content_encoding=coding)
    assert (refusal.status, refusal.code) == (415, "unsupported_encoding")


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/jsonp", "application/json; charset=cp949", "application"],
)
def test_other_types_are_refused(kind: str) -> None:
    refusal = refused(Bodies(10, 100), parts(b"x"), content_type=kind)
    assert (refusal.status, refusal.code) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["Application/JSON", 'application/json;charset="UTF-8"'])
def test_a_type_may_be_written_in_other_ways(kind: str) -> None:
    assert read(Bodies(10, 100), parts(b"x"), content_type=kind) == b"x"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "character 1"),
        (b"{", "character 2"),
        (b'{"text": "a"} x', "character 15"),
        (b'{"text": "\xff"}', "byte 10"),
        ('{"text": "가"}'.encode("utf-16"), "byte 0"),
        (b'{"text": NaN}', "NaN"),
        (b'{"text": -Infinity}', "Infinity"),
        (b'{"text": "a", "text": "b"}', "twice"),
        (b'{"a": {"b": 1, "b": 2}}', "twice"),
        (b"[" * 100_000, "deeply"),
        (b'{"a":' * 100_000, "deeply"),
        (b"1" * 10_000, "long"),
        (b'{"text": "a\nb"}', "character 12"),
    ],
)
def test_what_is_no_json_is_said_to_be_none(body: bytes, word: str) -> None:
    with pytest.raises(Refusal) as caught:
        parsed(body)
    assert (caught.value.status, caught.value.code) == (400, "invalid_json")
    assert word in caught.value.message.english


def test_a_byte_order_mark_is_none_of_the_text() -> None:
    assert parsed(b"\xef\xbb\xbf[1]") == [1]
    assert parsed(b'"\\ud800"') == "\ud800"
