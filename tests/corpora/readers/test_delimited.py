from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.delimited import read_csv, read_tsv
from kosent.corpora.table import Table
from kosent.errors import DataError

TEXT = st.text(st.characters(codec="utf-8"), max_size=80)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delimited")


def table_of(scratch: Path, text: str, suffix: str) -> Table:
    path = scratch / f"file{suffix}"
    path.write_bytes(text.encode())
    return read_csv(path) if suffix == ".csv" else read_tsv(path)


def rows_of(table: Table) -> list[tuple[object, ...]]:
    cells = [table.column(index) for index in range(len(table.columns))]
    return [(line, *row) for line, *row in zip(table.lines, *cells, strict=True)]


def lost(table: Table) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in table.dropped]


def test_csv_follows_rfc_4180(scratch: Path) -> None:
    text = 'text,label\r\n"쉼표, ""따옴표""\n줄",1\r\n그냥,0\r\n"",2\r\n'
    table = table_of(scratch, text, ".csv")
    assert table.columns == ["text", "label"]
    assert rows_of(table) == [(2, '쉼표, "따옴표"\n줄', "1"), (4, "그냥", "0"), (5, "", "2")]
    assert lost(table) == []


def test_csv_rows_of_another_length_and_blank_lines_are_dropped(scratch: Path) -> None:
    table = table_of(scratch, "text,label\na\n\nb,1,2\nc,1\n\n", ".csv")
    assert rows_of(table) == [(5, "c", "1")]
    assert lost(table) == [
        (2, "wrong column count"),
        (3, "blank line"),
        (4, "wrong column count"),
        (6, "blank line"),
    ]


def test_a_broken_csv_record_costs_its_own_lines_only(scratch: Path) -> None:
    table = table_of(
        scratch, 'text,label\n"그는 "안녕" 했다",1\n좋다,1\n"a\nb"c,0\n싫다,0\n', ".csv"
    )
    assert rows_of(table) == [(3, "좋다", "1"), (6, "싫다", "0")]
    assert lost(table) == [(2, "broken row"), (4, "broken row"), (5, "broken row")]


def test_a_quote_that_never_closes_does_not_swallow_the_file(scratch: Path) -> None:
    table = table_of(scratch, 'text,label\na,1\n"b,0\nc,1\nd,0\n', ".csv")
    assert rows_of(table) == [(2, "a", "1"), (4, "c", "1"), (5, "d", "0")]
    assert lost(table) == [(3, "broken row")]


def test_alternating_quotes_take_linear_time(scratch: Path) -> None:
    table = table_of(scratch, "text,label\n" + 'a","b\n' * 200_000, ".csv")
    assert len(table.lines) + len(table.dropped) == 200_000


def test_a_line_of_a_megabyte_is_read_and_the_limit_put_back(scratch: Path) -> None:
    csv.field_size_limit(131_072)  # its default
    for suffix, mark in ((".csv", ","), (".tsv", "\t")):
        table = table_of(scratch, f"text{mark}label\n{'가' * 1_000_000}{mark}1\n", suffix)
        assert rows_of(table) == [(2, "가" * 1_000_000, "1")]
    assert csv.field_size_limit() == 131_072


def test_tsv_takes_quotes_as_letters(scratch: Path) -> None:
    table = table_of(scratch, 'text\tlabel\n"열기만 한\t1\n"감싼 글"\t0\n"" \t1\n', ".tsv")
    assert rows_of(table) == [(2, '"열기만 한', "1"), (3, '"감싼 글"', "0"), (4, '"" ', "1")]
    assert (lost(table), table.notices) == ([], ())


def test_tsv_that_only_fits_with_quotes_is_read_with_them_and_said_so(scratch: Path) -> None:
    table = table_of(scratch, 'text\tlabel\n"줄이\n바뀐 글"\t1\n"탭\t글"\t0\n', ".tsv")
    assert rows_of(table) == [(2, "줄이\n바뀐 글", "1"), (4, "탭\t글", "0")]
    assert len(table.notices) == 1
    assert "read as TSV with quoted fields" in table.notices[0]


def test_tsv_that_fits_neither_way_stays_unquoted(scratch: Path) -> None:
    table = table_of(scratch, 'text\tlabel\n"열기만 한\t1\n하나뿐\n"a" b\t0\n', ".tsv")
    assert rows_of(table) == [(2, '"열기만 한', "1"), (4, '"a" b', "0")]
    assert lost(table) == [(3, "wrong column count")]
    assert table.notices == ()


@pytest.mark.parametrize(
    ("text", "suffix"),
    [("", ".csv"), ("", ".tsv"), ('"a\nb,c\n', ".csv"), ('"a"b,c\n1,2\n', ".csv")],
)
def test_a_file_without_column_names_is_refused(text: str, suffix: str, scratch: Path) -> None:
    with pytest.raises(DataError, match="no column names in its first line"):
        table_of(scratch, text, suffix)


def test_nul_and_unicode_line_separators_stay_in_the_text(scratch: Path) -> None:
    odd = "a\0b\u2028c\u0085d\x0be"
    for suffix, mark in ((".csv", ","), (".tsv", "\t")):
        table = table_of(scratch, f"text{mark}label\n{odd}{mark}1\n", suffix)
        assert rows_of(table) == [(2, odd, "1")]


@given(TEXT)
def test_tsv_accounts_for_every_line_of_any_text(scratch: Path, text: str) -> None:
    table = table_of(scratch, f"text\tlabel\n좋다\t1\n{text}", ".tsv")
    if table.notices:  # read with quotes: records, not lines
        return
    total = f"좋다\t1\n{text}".removesuffix("\n").count("\n") + 1
    assert sorted([*table.lines, *(row.line for row in table.dropped)]) == list(range(2, total + 2))


@given(TEXT)
def test_csv_accounts_for_every_line_of_any_text(scratch: Path, text: str) -> None:
    table = table_of(scratch, f"text,label\n좋다,1\n{text}", ".csv")
    total = f"좋다,1\n{text}".removesuffix("\n").count("\n") + 1
    found = sorted([*table.lines, *(row.line for row in table.dropped)])
    assert found == sorted(set(found))
    inside_records = sum(cell.count("\n") for _, *row in rows_of(table) for cell in map(str, row))
    if "wrong column count" not in {reason for _, reason in lost(table)}:
        assert len(found) + inside_records == total


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8))
def test_csv_comes_back_as_the_csv_module_wrote_it(
    scratch: Path, rows: list[tuple[str, str]]
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "label"), *rows])
    table = table_of(scratch, written.getvalue(), ".csv")
    assert [row[1:] for row in rows_of(table)] == rows
    assert lost(table) == []


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8))
def test_tsv_comes_back_unless_it_holds_tabs_or_line_ends(
    scratch: Path, rows: list[tuple[str, str]]
) -> None:
    plain = str.maketrans("", "", "\t\n\r")
    rows = [(first.translate(plain) + ".", second.translate(plain)) for first, second in rows]
    text = "".join(f"{first}\t{second}\n" for first, second in [("text", "label"), *rows])
    assert [row[1:] for row in rows_of(table_of(scratch, text, ".tsv"))] == rows
