"""Lines, tables and JSON for any text."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kosent_cli.output import emit_json, emit_lines, one_line
from kosent_cli.tables import table

ANY = st.text(st.characters(categories=None) | st.sampled_from("\n\r\x1b\0\u2028\ud800한글👍"))


@given(ANY)
def test_one_line_is_one_line_that_can_be_printed(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert "\x1b" not in shown
    shown.encode()


def test_one_line_keeps_what_people_type() -> None:
    text = "ㅋㅋㅋ 👨‍👩‍👧 ❤️ \\n \u3000 e\u0301"
    assert one_line(text) == text
    assert one_line("a\nb\t\x1b[31m\udcff\u202e") == "a\\nb\\t\\x1b[31m\\udcff\\u202e"


# Unicode's Bidi_Control: all of it may turn a line around, as "Trojan Source" does.
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("mark", BIDI, ids=unicodedata.name)
def test_no_mark_of_direction_reaches_a_terminal(mark: str) -> None:
    assert one_line(f"가{mark}나") == f"가\\u{ord(mark):04x}나"


@given(st.lists(st.tuples(*[st.text("가나다abc 👍ㅋ,.0", max_size=8)] * 3), min_size=1, max_size=5))
def test_columns_start_in_the_same_cell(rows: list[tuple[str, ...]]) -> None:
    marked = [(first, f"|{second}", f"|{third}") for first, second, third in rows]
    lines = table(marked)
    assert len({cell_len(line.split("|")[0]) for line in lines}) == 1
    assert len({cell_len(line.rpartition("|")[0]) for line in lines}) == 1


def test_numbers_stand_to_the_right() -> None:
    assert table([["이름", "수"], ["a", "100"]], right=(1,)) == ["이름   수", "a     100"]


@given(st.dictionaries(ANY, ANY, max_size=3))
def test_json_comes_back_the_same(document: dict[str, str]) -> None:
    written = pytest.MonkeyPatch()
    chunks: list[bytes] = []
    with written.context() as patch:
        patch.setattr("kosent_cli.output.emit", chunks.append)
        emit_json(document)
    (data,) = chunks
    read = json.loads(data.decode("utf-8"))
    # A high and a low surrogate side by side are one character in JSON, and in UTF-16.
    assert utf16(read) == utf16(document)


def utf16(document: dict[str, str]) -> dict[bytes, bytes]:
    def encode(text: str) -> bytes:
        return text.encode("utf-16", "surrogatepass")

    return {encode(key): encode(value) for key, value in document.items()}


def test_json_keeps_hangul_readable(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    emit_json({"라벨": "긍정"})
    assert "라벨" in capsysbinary.readouterr().out.decode("utf-8")


def test_no_lines_are_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    emit_lines([])
    assert capsys.readouterr().out == ""
    emit_lines([""])
    assert capsys.readouterr().out == "\n"
