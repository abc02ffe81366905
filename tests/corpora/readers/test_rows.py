"""Rows out are rows in, whatever the file holds."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kosent.corpora import load_corpus
from kosent.corpora.readers.rows import Row, open_rows
from kosent.errors import DataError, UsageError

WRONG = "wrong column count"


def read(path: Path | str, column: str | None = None) -> list[str]:
    with open_rows(path, column) as rows:
        return [f"! {row.fault}" if row.fault else row.text for row in rows.rows]


def said(path: Path, column: str | None = None) -> list[str]:
    notices: list[str] = []
    with open_rows(path, column, notice=notices.append) as rows:
        list(rows.rows)
    return notices


def saved(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_plain_lines(tmp_path: Path) -> None:
    data = "좋아요\0\r\n\n 별로\u2028끝\u0085\n  \n마지막\n\n \n"
    expected = ["좋아요\0", "", " 별로\u2028끝\u0085", "  ", "마지막"]
    assert read(saved(tmp_path / "a.txt", data)) == expected
    assert read(saved(tmp_path / "a", "\ufeff" + data)) == expected
    assert read(saved(tmp_path / "a.txt.gz", gzip.compress(data.encode()))) == expected
    assert read(saved(tmp_path / "empty.txt", "")) == []
    assert read(saved(tmp_path / "blank.txt", "\n\n")) == []


def test_rows_carry_their_line_and_all_cells(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", '\nid,text,별점\n7,"두\n줄",5\n8,끝\n9,음,1\n\n')
    with open_rows(path, labels="perhaps") as rows:
        assert (rows.columns, rows.text, rows.label) == (("id", "text", "별점"), 1, 2)
        assert (rows.size, rows.position()) == (path.stat().st_size,) * 2
        assert list(rows.rows) == [
            Row(3, "두\n줄", "", ["7", "두\n줄", "5"]),
            Row(5, "", WRONG, ["8", "끝"]),
            Row(6, "음", "", ["9", "음", "1"]),
        ]
        assert rows.ready()


def test_every_column_of_parquet_where_asked_for(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"id": [1, 2], "review": ["가", None]}), path)
    with open_rows(path) as rows:
        assert [row.cells for row in rows.rows] == [(None, "가"), (None, None)]
    with open_rows(path, every_column=True) as rows:
        assert list(rows.rows) == [Row(1, "가", "", (1, "가")), Row(2, "", "empty text", (2, None))]


@pytest.mark.parametrize(
    "text",
    [
        "id\tdocument\tlabel\n1\t좋아요\t1\n2\t별로\t0\n",
        "1\t좋아요\n0\t별로\n",
        "글,label\n좋아요,1\n별로,0\n",
        "id,글\n1,좋아요\n2,별로\n",
        "글|id\n좋아요|1\n별로|2\n",
        '[{"text": "좋아요"}, {"text": "별로"}]',
        '{"text": "좋아요"}\n{"text": "별로"}\n',
        "__label__1 좋아요\n__label__0 별로\n",
    ],
)
def test_txt_and_stdin_with_columns_are_read_as_what_they_are(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(saved(tmp_path / "a.txt", text)) == ["좋아요", "별로"]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert read("-") == ["좋아요", "별로"]


@pytest.mark.parametrize(
    "text",
    [
        "내용, 재밌네요\n별로\n",
        "리뷰: 좋아요\n그저, 그래요\n",
        "탭\t하나\n탭 없음\n",
        "좋아요, 정말\n별로, 진짜\n",
        "{웃음} 재밌다\n{끝}\n",
        "[광고] 좋아요\n[리뷰] 별로\n",
        "[\n",
        "{}\n좋아요\n",
        "글\n",
        "a,b\n",
    ],
)
def test_lines_that_only_look_like_a_table_are_texts(text: str, tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.txt", text)) == text.splitlines()


def test_a_named_column_makes_a_table_of_txt_and_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, column in (("말\t뜻\n가\t나\n", "뜻"), ("말;뜻\n가;나\n", "뜻"), ("말\n나\n", "말")):
        assert read(saved(tmp_path / "a.txt", text), column) == ["나"]
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        assert read("-", column) == ["나"]
    with pytest.raises(UsageError, match="unknown column 'other'"):
        read(tmp_path / "a.txt", "other")
    with pytest.raises(DataError, match="no column names"):
        read(saved(tmp_path / "a.txt", ""), "말")


def test_texts_that_a_spreadsheet_made_numbers(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [("리뷰", "라벨"), ("좋다", 1), (100, 0), (1.5, 1), (7.0, 0), (None, 1), (True, 0)]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx")
    assert found == ["좋다", "100", "1.5", "7", "! empty text", "! text is not a string"]


def test_columns(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", "a,b\n가,나\n")
    assert read(path, "b") == ["나"]
    assert read(path, " B ") == ["나"]
    with pytest.raises(DataError, match="no text column recognised"):
        read(path)
    with pytest.raises(UsageError, match="unknown column"):
        read(path, "c")
    assert read(saved(tmp_path / "a.csv", "가,1\n나,0\n"), "2") == ["1", "0"]
    for data in (b"", b"\n", b"\xff\xff\x80\na,b\n"):
        with pytest.raises(DataError, match="no column names"):
            read(saved(tmp_path / "b.csv", data))
    with pytest.raises(DataError, match=r"2 columns .* can be the text: '본문', '내용'"):
        read(saved(tmp_path / "a.csv", "본문,내용\n가,나\n"))


def test_a_label_is_not_looked_for_where_only_texts_are_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", "text,class,sentiment\n가,1,2\n")
    assert read(path) == ["가"]
    with pytest.raises(DataError, match="'class', 'sentiment'"), open_rows(path, labels="needed"):
        pass


def test_how_a_file_is_read_is_said_in_one_line(tmp_path: Path) -> None:
    (line,) = said(saved(tmp_path / "a.csv", "title;리뷰;본문2\n가;나;다\n".encode("cp949")))
    assert line.endswith(" / 'a.csv': text column '리뷰' (others, 'title'), separator ';', CP949")
    (line,) = said(saved(tmp_path / "a.txt", "가\n나\n"))
    assert line.endswith(" / 'a.txt': one text a line, UTF-8")
    (line,) = said(saved(tmp_path / "a.csv", "1,가\n0,나\n".encode("utf-16")))
    assert line.endswith("/ 'a.csv': text column '2', separator ',', no column names, UTF-16-LE")
    late = saved(tmp_path / "a.txt", b"ascii only\n" * 100_000 + "가\n".encode("cp949"))
    first, last = said(late)
    assert first.endswith("UTF-8")
    assert "was read as CP949 from its first other letter on" in last


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"text,label\n\xff\xff,1\n\xff\x80,2\n"),
        ("a.csv", b"text,label\na\nb\nc,d,e\n"),
        ("a.jsonl", b'{"text": 1}\n{"text": null}\n'),
        ("a.txt", b"\xff\xff\xff\n"),
    ],
)
def test_where_no_row_can_be_read_that_is_an_error(name: str, data: bytes, tmp_path: Path) -> None:
    with open_rows(saved(tmp_path / name, data)) as rows:
        found = iter(rows.rows)
        for _ in range(data.count(b"\n") - (name == "a.csv")):
            assert next(found).fault
        with pytest.raises(DataError, match=r"no usable row in 'a\.[a-z]+' \(rows read: \d; "):
            next(found)


def test_a_header_without_rows_is_no_error(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.csv", "text,label\n\n")) == []


def test_json_of_every_row_survives(tmp_path: Path) -> None:
    odd = ["\ud800", "\0", "a\nb", "👍", ""]
    lines = "\n".join(json.dumps({"text": text}) for text in odd)
    assert read(saved(tmp_path / "a.jsonl", lines)) == odd


def test_rows_of_a_slow_pipe_come_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as writer:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=pipe))
        writer.write("text,label\n하나,1\n".encode())
        with open_rows("-") as rows:
            assert next(rows.rows).text == "하나"
            assert not rows.ready()
            writer.write('"둘","2"\n"셋\n'.encode())
            assert rows.ready()
            assert next(rows.rows).text == "둘"
            writer.write('다",3\n'.encode())
            assert next(rows.rows).text == "셋\n다"
            writer.close()
            assert list(rows.rows) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ('id,"비고\n(선택)",text,label', 2),
        ('text,label,"비고\n(선택,\n여러 줄)"', 3),
        ('"text",label,"비고\n(""선택"")"', 2),
        ('text,label,"비고', 1),  # a quote that does not close is a letter
        ('text,label,"비고\n가,긍정,"', 1),  # what follows is a row
    ],
)
def test_names_may_hold_line_ends(header: str, lines: int, end: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = (
        ["1,,좋다,긍정", "2,,나쁘다,부정"] if header[0] == "i" else ["좋다,긍정,", "나쁘다,부정,"]
    )
    path.write_bytes((end.join([*header.split("\n"), *rows]) + end).encode())
    corpus = load_corpus(path)
    with open_rows(str(path)) as opened:
        found = [(row.line, row.text) for row in opened.rows if not row.fault]
    first = header.count("\n") + 2
    assert found[-2:] == [(first, "좋다"), (first + 1, "나쁘다")]
    assert len(found) == corpus.train.audit.read == first - lines + 1
    assert corpus.train.texts[-2:] == ["좋다", "나쁘다"]
