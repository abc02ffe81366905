"""Rows out are rows in, whatever the file holds."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kosent.corpora.readers import lines as lines_module
from kosent.corpora.readers.lines import Lines
from kosent.errors import DataError, UsageError
from kosent.prediction import BadRow, open_rows

NO_COLUMN = "no text column recognised"


def read(path: Path, column: str | None = None) -> list[str | BadRow]:
    with open_rows(str(path), column) as rows:
        return list(rows.rows)


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_plain_lines(tmp_path: Path) -> None:
    data = "좋아요\0\r\n\n 별로\u2028끝\u0085\n마지막".encode()
    expected = ["좋아요\0", "", " 별로\u2028끝\u0085", "마지막"]
    assert read(saved(tmp_path / "a.txt", data)) == expected
    assert read(saved(tmp_path / "a", b"\xef\xbb\xbf" + data)) == expected
    assert read(saved(tmp_path / "a.txt.gz", gzip.compress(data))) == expected
    assert read(saved(tmp_path / "empty.txt", b"")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_line_that_cannot_be_decoded_costs_itself_only(tmp_path: Path, encoding: str) -> None:
    good = "재미있는 영화였어요".encode(encoding)
    path = saved(tmp_path / "a.txt", b"\n".join([b"ascii", good, b"\xff\xfe\x81", good, good]))
    found = read(path)
    assert [isinstance(row, BadRow) for row in found] == [False, False, True, False, False]
    assert found[1] == found[4] == "재미있는 영화였어요"
    assert found[2] == BadRow("neither UTF-8 nor CP949")


def test_the_encoding_is_known_when_all_is_read(tmp_path: Path) -> None:
    for data, expected in (
        (b"a\n", None),
        ("가".encode(), "utf-8"),
        ("가".encode("cp949"), "cp949"),
    ):
        with open_rows(str(saved(tmp_path / "a.txt", data))) as rows:
            assert len(list(rows.rows)) == 1
            assert rows.encoding() == expected
            assert rows.position() == rows.size == len(data)


def test_hangul_that_comes_after_a_megabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "HEAD", 64)
    data = b"ascii only\n" * 20 + "한글".encode("cp949") + b"\n"
    assert list(Lines(io.BytesIO(data)))[-1] == "한글"


def test_an_endless_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LONGEST_LINE", 10)
    found = list(Lines(io.BytesIO(b"short\n" + b"x" * 35 + b"\nnext\n" + b"y" * 10)))
    assert found == ["short", BadRow("line too long"), "next", BadRow("line too long")]


def test_tsv_without_quoting(tmp_path: Path) -> None:
    data = 'id\tdocument\tlabel\n1\t"좋아요\t1\n2\t별로\n3\t\t0\n\n4\t끝\t0\textra\n'.encode()
    wrong = BadRow("wrong column count")
    assert read(saved(tmp_path / "a.tsv", data)) == ['"좋아요', wrong, "", wrong, wrong]


def test_csv(tmp_path: Path) -> None:
    data = (
        'text,label\n"두 줄,\n한 글",1\n"깨진"x,0\n좋아요,1\n하나\n'.encode() + b"\xff\xff\x80,1\n"
    )
    assert read(saved(tmp_path / "a.csv", data)) == [
        "두 줄,\n한 글",
        BadRow("broken row"),
        "좋아요",
        BadRow("wrong column count"),
        BadRow("neither UTF-8 nor CP949"),
    ]


def test_jsonl(tmp_path: Path) -> None:
    rows = [
        '{"text": "가"}',
        '"나"',
        "{",
        "",
        '{"other": 1}',
        '{"text": 3}',
        "[" * 10**5,
        "\ufeff3",
    ]
    found = read(saved(tmp_path / "a.jsonl", "\n".join(rows).encode()))
    broken, none = BadRow("broken row"), BadRow("no text")
    assert found == ["가", "나", broken, broken, none, none, broken, broken]
    assert read(tmp_path / "a.jsonl", "other")[0] == none


def test_parquet(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    texts = ["가", None, "나\n다", *(f"글 {number}" for number in range(5000))]
    parquet.write_table(pyarrow.table({"id": range(5003), "review": texts}), tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert found == [BadRow("no text") if text is None else text for text in texts]


def test_columns(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", "a,b\n가,나\n".encode())
    assert read(path, "b") == ["나"]
    with pytest.raises(DataError, match=NO_COLUMN):
        read(path)
    with pytest.raises(UsageError, match="unknown column"):
        read(path, "c")
    for data in (b"", b"\xff\xff\x80\n"):
        with pytest.raises(DataError, match="no column names"):
            read(saved(tmp_path / "b.csv", data))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    whole = gzip.compress(b"a line\n" * 10_000)
    broken = {
        "cut.txt.gz": whole[:-20],
        "other.txt.gz": b"no gzip",
        "harmed.txt.gz": whole[:30] + b"\xff" * 9 + whole[39:],
        "other.parquet": b"no parquet",
    }
    for name, data in broken.items():
        with pytest.raises(DataError, match="cannot read"):
            read(saved(tmp_path / name, data))
    for path in (tmp_path, tmp_path / "absent.txt", tmp_path / "absent.parquet"):
        with pytest.raises(DataError, match="cannot read"):
            read(path)


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("가\n나".encode())))
    with open_rows("-") as rows:
        assert list(rows.rows) == ["가", "나"]
        assert rows.size is None
    monkeypatch.setattr(sys, "stdin", None)
    with open_rows("-") as rows:
        assert list(rows.rows) == []


def test_json_of_every_row_survives(tmp_path: Path) -> None:
    odd = ["\ud800", "\0", "a\nb", "👍", ""]
    data = "\n".join(json.dumps({"text": text}) for text in odd).encode()
    assert read(saved(tmp_path / "a.jsonl", data)) == odd
