from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kosent.corpora.readers import decoding
from kosent.corpora.readers.decoding import NOT_DECODED, Line, Lines
from kosent.corpora.readers.opening import Opened
from kosent.errors import DataError

TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=20))


def lines_of(*blocks: bytes) -> Lines:
    remaining: Iterator[bytes] = iter(blocks)
    return Lines(
        Opened("a.txt", ".txt", None, b"", lambda: next(remaining, b""), None, int, lambda _: False)
    )


def texts(*blocks: bytes) -> list[str]:
    found = list(lines_of(*blocks))
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    return [line.fault or line.text for line in found]


def test_lines_end_at_newline_only() -> None:
    text = "가\u2028나\u0085다\x0b라\x1c마\n바\r\r\n사\r아\n\n"
    assert texts(text.encode()) == ["가\u2028나\u0085다\x0b라\x1c마", "바\r\r", "사\r아", ""]
    assert texts(b"") == []
    assert texts(b"\n") == [""]


def test_returns_are_line_ends_where_there_is_no_other() -> None:
    assert texts("가\r나\r\r다".encode()) == ["가", "나", "", "다"]
    assert texts("가\r나\r".encode(), "다\r라".encode()) == ["가", "나", "다", "라"]
    assert texts("가\r".encode(), "\n나".encode()) == ["가\r", "나"]


@given(TEXTS, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]), st.integers(1, 40))
def test_what_a_mark_names_comes_back_whatever_the_blocks(
    lines: list[str], encoding: str, size: int
) -> None:
    data = "".join(f"{line}\n" for line in lines).encode(encoding)
    # UTF-16 that begins with a zero has the very mark of UTF-32: nobody can tell them apart.
    assume(encoding == "utf-32" or not data.startswith(b"\xff\xfe\0\0"))
    assert texts(*(data[at : at + size] for at in range(0, len(data), size))) == lines


@given(TEXTS, st.integers(1, 40))
def test_utf8_comes_back_whatever_the_blocks(lines: list[str], size: int) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    # What has a zero in nearly every other byte is UTF-16 too, and read as that.
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe")) and data[:size].count(0) * 5 < size:
        assert texts(*(data[at : at + size] for at in range(0, len(data), size))) == lines


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("가나".encode(), "UTF-8"),
        (b"ascii", "UTF-8"),
        ("똠방각하 쀍".encode("cp949"), "CP949"),
        ("가\n".encode("utf-16"), "UTF-16-LE"),
        ("리뷰,별점\n좋다,1\n".encode("utf-16-le"), "UTF-16-LE"),
        ("리뷰,별점\n좋다,1\n".encode("utf-16-be"), "UTF-16-BE"),
        ("text,label\n".encode("utf-16-be"), "UTF-16-BE"),
        ("가\n".encode("utf-32"), "UTF-32-LE"),
        ("가\n".encode("utf-32-be"), "UTF-8"),  # without its mark it is none
        ("한\0글\n".encode(), "UTF-8"),
        (b"a\n\0\n\0\nb\n", "UTF-8"),
    ],
)
def test_the_encoding_is_known(data: bytes, expected: str) -> None:
    try:
        lines = lines_of(data)
    except DataError:
        assert data == "가\n".encode("utf-32-be")
        return
    assert [line.fault for line in lines if line.fault] == []
    assert lines.encoding == expected


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_line_that_cannot_be_decoded_costs_itself_only(encoding: str) -> None:
    good = "재미있는 영화였어요"
    parts = [b"ascii", good.encode(encoding), b"\xff\xfe\x81", good.encode(encoding)]
    assert texts(b"\n".join(parts)) == ["ascii", good, NOT_DECODED, good]


def test_half_characters_of_utf16_and_utf32_cost_their_line_only() -> None:
    for encoding, half in (("utf-16-le", b"\x00\xd8"), ("utf-32-le", b"\xff\xff\xff\xff")):
        parts = ["\ufeff가\n".encode(encoding), half, "\n나\n".encode(encoding)]
        assert texts(b"".join(parts)) == ["가", NOT_DECODED, "나"]
    assert texts("\ufeff가\n나".encode("utf-16-le") + b"\x00") == ["가", NOT_DECODED]


def test_hangul_that_comes_after_ascii_decides_then() -> None:
    lines = lines_of(b"ascii only\n" * 20, "한글\n".encode("cp949"), "더\n".encode("cp949"))
    assert lines.encoding == "UTF-8"
    assert [line.text for line in lines][-2:] == ["한글", "더"]
    assert lines.encoding == "CP949"


def test_an_endless_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST_LINE", 10)
    long = "line too long"
    blocks = [b"short\n", b"x" * 8, b"x" * 8, b"x\nne", b"xt\n", b"y" * 11]
    assert texts(*blocks) == ["short", long, "next", long]
    assert texts(b"x" * 11, b"x", b"x\na\nb\n") == [long, "a", "b"]


def test_what_is_no_text_is_refused() -> None:
    for data in (bytes(range(256)) * 8, hashlib.shake_128().digest(5000)):
        with pytest.raises(DataError, match=r"'a\.txt' is of a format that cannot be read \(bin"):
            lines_of(data)


def test_a_slow_writer_is_not_waited_for() -> None:
    arrived: list[bytes] = []

    def read() -> bytes:
        arrived.append(blocks[len(arrived)])
        return arrived[-1]

    blocks = [b"on", b"e\ntwo\nthr", b"ee\n", b""]
    lines = Lines(Opened("a", "", None, b"", read, None, int, lambda _: False))
    assert [line.text for line in lines.head] == ["one", "two"]
    assert len(arrived) == 2
    remaining = iter(lines)
    assert next(remaining) == Line(1, "one", "")
    assert lines.ready()
    assert next(remaining).text == "two"
    assert not lines.ready()
    assert len(arrived) == 2
    assert next(remaining).text == "three"


def test_all_characters_in_pieces() -> None:
    data = '\ufeff["가나다"]'.encode()
    for size in (4, 5, 6, 100):
        lines = lines_of(*(data[at : at + size] for at in range(0, len(data), size)))
        assert "".join(lines.characters()) == '["가나다"]'
    with pytest.raises(UnicodeDecodeError):
        list(lines_of(b"ab\xff").characters())
