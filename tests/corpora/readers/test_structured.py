from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.structured import read_jsonl, read_parquet
from kosent.corpora.table import Table
from kosent.errors import DataError


@pytest.fixture(scope="module")
def jsonl(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Table]:
    path = tmp_path_factory.mktemp("structured") / "file.jsonl"

    def read(text: str) -> Table:
        path.write_bytes(text.encode())
        return read_jsonl(path)

    return read


def test_columns_are_the_keys_of_all_rows(jsonl: Callable[[str], Table]) -> None:
    table = jsonl('{"a": 1}\n{"b": null, "a": "가"}\n')
    assert table.columns == ["a", "b"]
    assert (table.column(0), table.column(1)) == ([1, "가"], [None, None])
    assert (table.lines, table.dropped) == ([1, 2], [])


@pytest.mark.parametrize(
    "bad",
    ['{"a": 1', "[1]", '"글"', "1", "null", "{a: 1}", "[" * 100_000, '{"a": 1} {}', "9" * 5000],
)
def test_a_broken_line_is_dropped_with_its_number(bad: str, jsonl: Callable[[str], Table]) -> None:
    table = jsonl(f'{{"a": 1}}\n{bad}\n\n{{"a": "줄\u2028안"}}\n')
    assert (table.lines, table.column(0)) == ([1, 4], [1, "줄\u2028안"])
    assert [(row.line, row.reason) for row in table.dropped] == [
        (2, "broken row"),
        (3, "blank line"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "그냥 글\n{\n"])
def test_a_file_of_broken_lines_only_is_refused(text: str, jsonl: Callable[[str], Table]) -> None:
    with pytest.raises(DataError, match="is a JSON object"):
        jsonl(text)


def test_a_bom_and_cp949_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = json.dumps({"글": "좋다"}, ensure_ascii=False)
    path.write_text(line, "utf-8-sig")
    assert read_jsonl(path).columns == ["글"]
    path.write_text(line, "cp949")
    table = read_jsonl(path)
    assert table.column(0) == ["좋다"]
    assert "CP949" in table.notices[0]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")), max_size=6))
def test_every_line_of_any_text_is_accounted_for(
    jsonl: Callable[[str], Table], lines: list[str]
) -> None:
    table = jsonl("\n".join(['{"a": 1}', *lines, "{}"]))
    found = sorted([*table.lines, *(row.line for row in table.dropped)])
    assert found == list(range(1, len(lines) + 3))


def test_parquet_values_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "text": pa.array(["가", None, "\0"]),
        "label": pa.array([1, None, 0], pa.int8()),
        "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
        "flag": pa.array([True, None, False]),
        "nested.name": pa.array([[1], [2], []]),
    }
    pq.write_table(pa.table(columns), path)
    table = read_parquet(path)
    assert table.columns == list(columns)
    assert table.lines == [1, 2, 3]
    assert [table.column(index) for index in range(4)] == [
        ["가", None, "\0"],
        [1, None, 0],
        ["x", "y", "x"],
        [True, None, False],
    ]


@pytest.mark.parametrize("size", [0, 4, 100, -1, -20])
def test_a_damaged_parquet_file_is_refused(size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["가" * 100] * 50, "label": list(range(50))}), path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match=r"'a\.parquet' is not a readable Parquet file"):
        read_parquet(path)


def test_a_damaged_parquet_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [str(n) for n in range(5000)]}), path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[60:400] = bytes(340)
    path.write_bytes(data)
    table = read_parquet(path)
    with pytest.raises(DataError, match="not a readable Parquet file"):
        table.column(0)


def test_parquet_strings_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    offsets, data = pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")
    broken = pa.StringArray.from_buffers(1, offsets, data)
    pq.write_table(pa.table({"text": broken}), path)
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_parquet(path).column(0)
