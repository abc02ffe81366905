from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.encoding import decode, exists, read_bytes, split_lines
from kosent.errors import DataError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_bom_and_without_remark(encoding: str) -> None:
    assert decode("재미있다 😂".encode(encoding), "a.tsv") == ("재미있다 😂", ())


def test_cp949_is_read_and_said_so() -> None:
    text, notices = decode("똠방각하 쀍".encode("cp949"), "a.tsv")
    assert text == "똠방각하 쀍"
    assert len(notices) == 1
    assert "'a.tsv'은(는) UTF-8이 아니어서 CP949로" in notices[0]
    assert "read as CP949" in notices[0]


@pytest.mark.parametrize(
    "data",
    [
        "첫 줄\n둘째 줄\n".encode() + b"\xff\xfe" + "가".encode(),
        "가나다".encode()[:-1] + b"\xff",
    ],
)
def test_neither_is_refused_with_the_first_bad_line(data: bytes) -> None:
    line = data.count(b"\n") + 1
    with pytest.raises(DataError, match=rf"neither UTF-8 nor CP949.*not UTF-8: {line}\)"):
        decode(data, "a.tsv")


def test_utf16_is_refused() -> None:
    with pytest.raises(DataError, match="neither UTF-8 nor CP949"):
        decode("글\t라벨\n".encode("utf-16"), "a.tsv")


def test_lines_end_at_newline_only() -> None:
    text = "가\u2028나\u0085다\x0b라\x1c마\n바\r\r\n사\r아\n"
    assert split_lines(text) == ["가\u2028나\u0085다\x0b라\x1c마", "바\r", "사\r아"]


def test_an_empty_file_has_no_lines() -> None:
    assert split_lines("") == []
    assert split_lines("\n") == [""]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")), min_size=1))
def test_lines_come_back_as_they_were(lines: list[str]) -> None:
    assert split_lines("".join(line + "\n" for line in lines)) == lines


def test_a_missing_file_and_a_folder_are_one_line_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "없음.tsv", tmp_path):
        with pytest.raises(DataError, match="cannot read"):
            read_bytes(path)


def test_no_permission_is_a_one_line_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"\(Permission denied\)"):
        read_bytes(tmp_path / "a.tsv")
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(DataError, match=r"\(Permission denied\)"):
        exists(tmp_path / "a.tsv")


def test_a_name_with_nul_does_not_exist() -> None:
    assert not exists(Path("a\0b"))
