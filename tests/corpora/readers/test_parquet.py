from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kosent.corpora.readers.formats import read_table
from kosent.corpora.readers.opening import opened
from kosent.corpora.readers.records import Record
from kosent.errors import DataError


def read(path: Path) -> tuple[tuple[str, ...], list[Record]]:
    with opened(path) as source:
        table = read_table(source, (), lambda _: None)
        return table.columns, list(table.records(range(len(table.columns))))


class TestParquet:
    def test_values_keep_their_types(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        columns = {
            "text": pa.array(["가", None, "\0"]),
            "label": pa.array([1, None, 0], pa.int8()),
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
            "flag": pa.array([True, None, False]),
            "nested.name": pa.array([[1], [2], []]),
        }
        pq.write_table(pa.table(columns), path)
        names, rows = read(path)
        assert names == tuple(columns)
        assert rows == [
            (1, ("가", 1, "x", True, [1]), ""),
            (2, (None, None, "y", None, [2]), ""),
            (3, ("\0", 0, "x", False, []), ""),
        ]

    def test_times_that_python_has_not_are_read_as_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        columns = {
            "date": pa.array([2**31 - 1, 0], pa.date32()),
            "time": pa.array([-(2**61), 0], pa.timestamp("us")),
            "span": pa.array([2**62, 1], pa.duration("s")),
        }
        pq.write_table(pa.table(columns), path)
        _, rows = read(path)
        assert str(rows[1][1][0]) == "1970-01-01"
        assert all("out of range" in str(cell) for cell in rows[0][1][:2])
        assert rows[0][1][2] == str(2**62)

    def test_such_times_in_lists_are_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        dates = pa.array([[2**31 - 1]], pa.list_(pa.date32()))
        pq.write_table(pa.table({"dates": dates}), path)
        with pytest.raises(DataError, match="not a readable Parquet file"):
            read(path)

    def test_only_what_is_asked_for_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({name: [name] * 9000 for name in "abcd"}), path, row_group_size=700)
        with opened(path) as source:
            table = read_table(source, (), lambda _: None)
            rows = list(table.records([3, 1]))
        assert [line for line, _, _ in rows] == list(range(1, 9001))
        assert {cells for _, cells, _ in rows} == {(None, "b", None, "d")}

    @pytest.mark.slow
    def test_no_thread_of_arrow_works_for_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"text": ["가"] * 50_000, "label": [1] * 50_000}), path)
        program = (
            "import os, sys; from kosent.corpora import load_corpus; load_corpus(sys.argv[1]);"
            "tasks = '/proc/self/task';"
            "print(*(open(f'{tasks}/{task}/comm').read() for task in os.listdir(tasks)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, check=True, text=True
        )
        assert "python" in done.stdout
        assert "pool" not in done.stdout.lower()

    @pytest.mark.parametrize("size", [0, 4, 100, -1, -20])
    def test_a_damaged_file_is_refused(self, size: int, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"text": ["가" * 100] * 50, "label": list(range(50))}), path)
        path.write_bytes(path.read_bytes()[:size])
        with pytest.raises(DataError, match=r"'a\.parquet' is not a readable Parquet file"):
            read(path)

    def test_a_damaged_page_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        texts = [str(n) for n in range(5000)]
        pq.write_table(pa.table({"text": texts}), path, compression="zstd")
        data = bytearray(path.read_bytes())
        data[60:400] = bytes(340)
        path.write_bytes(data)
        with pytest.raises(DataError, match="not a readable Parquet file"):
            read(path)

    def test_strings_that_are_not_utf8_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        offsets, data = pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")
        broken = pa.StringArray.from_buffers(1, offsets, data)
        pq.write_table(pa.table({"text": broken}), path)
        with pytest.raises(DataError, match="not a readable Parquet file"):
            read(path)
