"""Answers in every format, to files of every format: the input's columns and rows, all of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.prediction import Summary, open_rows, predict_file, writers
from kosent.prediction.predictor import Predictor

COLUMNS = ["번호", "리뷰", "=메모"]
ROWS = [
    ["1", "정말, 재밌다", "=1+1"],
    ["2", '그는 "최고"라고 했다', "+82 10"],
    ["-3.5", "첫 줄\n둘째 줄", "@home"],
    ["0012", "영화👍 ㅠㅠ", "'=x"],
    ["-1e-05", "탭\t있음", "-"],
    ["6", "=HYPERLINK(1)", ""],
]
# What a spreadsheet must not run is text, and what was a number is one.
SHOWN = [
    ["1", "정말, 재밌다", "'=1+1"],
    ["2", '그는 "최고"라고 했다', "'+82 10"],
    ["-3.5", "첫 줄\n둘째 줄", "'@home"],
    ["0012", "영화👍 ㅠㅠ", "''=x"],
    ["-1e-05", "탭\t있음", "'-"],
    ["6", "'=HYPERLINK(1)", ""],
]
ADDED = ["label", "confidence", "긍정", "부정", "중립", "error"]


def write_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",").writerows(
            [COLUMNS, *ROWS]
        )


def write_json(path: Path) -> None:
    path.write_text(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]))


def write_jsonl(path: Path) -> None:
    rows = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in ROWS]
    path.write_text("\n".join(rows))


def write_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for number, row in enumerate([COLUMNS, *ROWS], start=1):
        for place, value in enumerate(row, start=1):
            book.active.cell(number, place, value).data_type = "s"
    book.save(path)


def write_parquet(path: Path) -> None:
    columns = zip(*ROWS, strict=True)
    table = pyarrow.table(dict(zip(COLUMNS, map(list, columns), strict=True)))
    parquet.write_table(table, path)


SOURCES: dict[str, Callable[[Path], None]] = {
    "in.csv": write_csv,
    "in.tsv": write_csv,
    "in.json": write_json,
    "in.jsonl": write_jsonl,
    "in.xlsx": write_xlsx,
    "in.parquet": write_parquet,
}


def read(path: Path) -> tuple[list[str], list[list[Any]]]:
    """Return columns and rows as other programs read them."""
    if path.suffix == ".parquet":
        table = parquet.read_table(path)
        return table.column_names, [list(row.values()) for row in table.to_pylist()]
    if path.suffix == ".xlsx":
        rows = [
            list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        ]
        return rows[0], rows[1:]
    encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
    with path.open(encoding=encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    return rows[0], rows[1:]


def answer(model: Predictor, source: Path, target: Path, **options: Any) -> Summary:
    column = options.pop("column", "리뷰")
    with open_rows(source, column, every_column=True) as rows:
        return predict_file(model, rows, target, **options)


every_table = pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".parquet"])


@every_table
@pytest.mark.parametrize("name", SOURCES)
def test_columns_and_rows_are_kept_in_order(
    name: str, ending: str, three: Predictor, tmp_path: Path
) -> None:
    source, target = tmp_path / name, tmp_path / f"out{ending}"
    SOURCES[name](source)
    assert answer(three, source, target) == Summary(len(ROWS), 0, 0)
    columns, rows = read(target)
    is_text = ending in (".csv", ".tsv")
    assert columns == ["번호", "리뷰", "'=메모" if is_text else "=메모", *ADDED]
    kept = [[value or "" for value in row[:3]] for row in rows]
    assert kept == (SHOWN if is_text else ROWS)
    probabilities = three.predict_proba([row[1] for row in ROWS])
    for row, expected in zip(rows, probabilities.tolist(), strict=True):
        assert row[3] == three.classes_[expected.index(max(expected))]
        assert [float(value) for value in row[4:8]] == pytest.approx(
            [max(expected), *expected], abs=1e-6
        )
        assert row[8] in ("", None)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, target.name])


@every_table
def test_a_table_is_read_again_as_it_was(ending: str, three: Predictor, tmp_path: Path) -> None:
    """By the same reader as any file: its answers get answers, beside them."""
    source, once, twice = (tmp_path / name for name in ("in.csv", f"1{ending}", f"2{ending}"))
    write_csv(source)
    answer(three, source, once)
    assert answer(three, once, twice) == Summary(len(ROWS), 0, 0)
    assert read(twice)[0][3:] == [*ADDED, *(f"predicted_{name}" for name in ADDED)]


BAD: dict[str, tuple[bytes, str, list[tuple[list[str], str]]]] = {
    "cells": (
        "리뷰,별점\n좋다,5\n너무,많은,칸\n하나\n,3\n\n 　,4\n끝,1\n\n".encode(),
        "리뷰",
        [
            (["좋다", "5"], ""),
            (["너무", "많은,칸"], "wrong column count"),
            (["하나", ""], "wrong column count"),
            (["", "3"], "empty text"),
            (["", ""], "blank line"),
            ([" 　", "4"], "empty text"),
            (["끝", "1"], ""),
        ],
    ),
    "bytes": (
        "리뷰,별점\n좋다,5\n".encode() + b"\xff\xff,1\n" + "나쁘다,2\n".encode(),
        "리뷰",
        [
            (["좋다", "5"], ""),
            (["", ""], "neither UTF-8 nor CP949"),
            (["나쁘다", "2"], ""),
        ],
    ),
    "objects": (
        '{"text": "좋다", "n": 1}\n{\n{"text": 5, "n": [1, {"가": null}]}\n{"n": true}\n'.encode(),
        "text",
        [
            (["좋다", "1"], ""),
            (["", ""], "broken row"),
            (["5", '[1, {"가": null}]'], "text is not a string"),
            (["", "True"], "empty text"),
        ],
    ),
}


@every_table
@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_keeps_its_cells_and_its_place(
    name: str, ending: str, three: Predictor, tmp_path: Path
) -> None:
    data, column, expected = BAD[name]
    source, target = tmp_path / "in", tmp_path / f"out{ending}"
    source = source.with_suffix(".jsonl" if name == "objects" else ".csv")
    source.write_bytes(data)
    done = answer(three, source, target, column=column)
    assert (done.rows, done.errors + done.blank) == (
        len(expected),
        sum(bool(reason) for _, reason in expected),
    )
    _, rows = read(target)
    for row, (cells, reason) in zip(rows, expected, strict=True):
        shown = ["" if value is None else str(value) for value in row]
        if "neither" not in reason:  # what can be read of it stands there
            assert shown[:2] == cells
        assert shown[-1] == reason
        assert (shown[2:-1] == [""] * 5) == bool(reason)


@every_table
def test_unsure_answers_are_empty_cells(ending: str, three: Predictor, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{ending}"
    write_csv(source)
    answer(three, source, target, min_confidence=0.6)
    columns, rows = read(target)
    assert columns[3:6] == ["label", "top", "confidence"]
    assert {bool(row[3]) for row in rows} == {True, False}
    for row in rows:
        assert (row[3] or None) == (row[4] if float(row[5]) >= 0.6 else None)
        assert float(row[5]) == max(map(float, row[6:9]))


def test_a_table_of_other_kinds(three: Predictor, tmp_path: Path) -> None:
    """Numbers, dates and truth stay what they are where the format has them."""
    source = tmp_path / "in.parquet"
    values = {
        "text": ["좋다", "싫다"],
        "n": [1, None],
        "wide": [2**60, 3],
        "x": [0.5, float("nan")],
        "day": [datetime(2024, 1, 2, 3, 4), None],
        "true": [True, False],
        "list": [["a", "=b"], []],
    }
    parquet.write_table(pyarrow.table(values), source)
    for ending, expected in {
        ".parquet": list(values.values()),
        ".xlsx": [
            ["좋다", "싫다"],
            [1, None],
            [str(2**60), 3],
            [0.5, None],
            [datetime(2024, 1, 2, 3, 4), None],
            [True, False],
            ['["a", "=b"]', "[]"],
        ],
        ".csv": [
            ["좋다", "싫다"],
            ["1", ""],
            [str(2**60), "3"],
            ["0.5", ""],
            ["2024-01-02 03:04:00", ""],
            ["True", "False"],
            ['["a", "=b"]', "[]"],
        ],
    }.items():
        answer(three, source, tmp_path / f"out{ending}", column="text")
        columns, rows = read(tmp_path / f"out{ending}")
        assert columns[:7] == list(values)
        found = list(map(list, zip(*rows, strict=True)))[:7]
        assert repr(found) == repr(expected)  # nan is nan here


@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.csv.gz", "a.CVS", "a.xls", "a.pkl", "a.b"])
def test_an_unknown_ending_is_refused(name: str, three: Predictor, tmp_path: Path) -> None:
    write_csv(tmp_path / "in.csv")
    with pytest.raises(
        UsageError, match=r"Known endings: \.jsonl, \.ndjson, \.csv, \.tsv, \.parqu"
    ):
        answer(three, tmp_path / "in.csv", tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["OUT.CSV", "out.Tsv", "out.XLSX", "a.b.Parquet"])
def test_an_ending_is_known_in_any_case(name: str, three: Predictor, tmp_path: Path) -> None:
    write_csv(tmp_path / "in.csv")
    answer(three, tmp_path / "in.csv", tmp_path / name)
    first = {".csv": b"\xef\xbb\xbf", ".xlsx": b"PK", ".parquet": b"PAR1"}
    data = (tmp_path / name).read_bytes()
    assert data.startswith(first.get(Path(name).suffix.lower(), "번호\t".encode()))


def test_a_name_that_the_disk_refuses(three: Predictor, tmp_path: Path) -> None:
    write_csv(tmp_path / "in.csv")
    with pytest.raises(RuntimeSetupError, match="cannot write"):
        answer(three, tmp_path / "in.csv", tmp_path / ("x" * 300 + ".csv"))


@pytest.mark.parametrize("ending", [".parquet", ".xlsx"])
def test_what_is_written_whole_is_there_whole_or_not_at_all(
    ending: str, three: Predictor, tmp_path: Path
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{ending}"
    write_csv(source)
    with pytest.raises(UsageError, match="cannot be resumed; --resume is for"):
        answer(three, source, target, resume=True)
    with open_rows(source, "리뷰", every_column=True) as rows:

        def broken() -> Any:
            yield from rows.rows
            raise OSError(5, "Input/output error")

        other = type(rows)(broken(), rows.columns, 1, None, None, int, lambda: True)
        with pytest.raises(OSError, match="Input/output"):
            predict_file(three, other, target)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists already; choose another name"):
        answer(three, source, target)
    assert target.read_bytes() == b"mine"
    with pytest.raises(RuntimeSetupError, match="cannot write"):
        answer(three, source, Path(f"/nowhere/out{ending}"))


def test_a_file_that_appears_meanwhile_is_not_replaced(three: Predictor, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xlsx"
    write_csv(source)
    with open_rows(source, "리뷰", every_column=True) as rows:

        def late() -> Any:
            yield from rows.rows
            target.write_bytes(b"mine")

        other = type(rows)(late(), rows.columns, 1, None, None, int, lambda: True)
        with pytest.raises(UsageError, match="exists already"):
            predict_file(three, other, target)
    assert target.read_bytes() == b"mine"


def test_columns_that_were_not_read_are_not_lost(three: Predictor, tmp_path: Path) -> None:
    write_parquet(tmp_path / "in.parquet")
    with (
        open_rows(tmp_path / "in.parquet", "리뷰") as rows,
        pytest.raises(UsageError, match="every_column=True"),
    ):
        predict_file(three, rows, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_without_openpyxl_it_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"pip install 'kosent\[files\]'"):
        writers.check_target(tmp_path / "out.xlsx")
    writers.check_target(tmp_path / "out.parquet")


def test_where_no_row_can_be_read_a_table_has_the_reasons(three: Predictor, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": 1}\n{"text": 2}\n')
    for ending in (".csv", ".tsv"):
        with pytest.raises(DataError, match="no usable row"):
            answer(three, tmp_path / "in.jsonl", tmp_path / f"out{ending}", column="text")
        assert [row[-1] for row in read(tmp_path / f"out{ending}")[1]] == [
            "text is not a string"
        ] * 2
    for ending in (".xlsx", ".parquet"):
        with pytest.raises(DataError, match="no usable row"):
            answer(three, tmp_path / "in.jsonl", tmp_path / f"out{ending}", column="text")
        assert not (tmp_path / f"out{ending}").exists()
