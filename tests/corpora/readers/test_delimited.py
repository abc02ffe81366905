from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers import delimited
from kosent.corpora.readers.decoding import Line
from kosent.corpora.readers.delimited import Dialect, Rows, patterns, split

TEXT = st.text(st.characters(codec="utf-8"), max_size=80)
CSV, TSV = Dialect(",", quoted=True), Dialect("\t", quoted=False)


def lines_of(text: str) -> list[Line]:
    lines = text.removesuffix("\n").split("\n") if text else []
    return list(map(Line, range(2, len(lines) + 2), lines, repeat("")))


def read(text: str, dialect: Dialect = CSV, width: int = 2) -> Rows:
    return Rows(lines_of(text), dialect, width)


def good(rows: Rows) -> list[tuple[int, Sequence[object]]]:
    return [(line, list(cells)) for line, cells, fault in rows if not fault]


def test_quoted_cells_hold_separators_quotes_and_line_ends() -> None:
    rows = read('"쉼표, ""따옴표""\r\n줄",1\r\n그냥,0\r\n"",2\r\n')
    assert good(rows) == [(2, ['쉼표, "따옴표"\r\n줄', "1"]), (4, ["그냥", "0"]), (5, ["", "2"])]


def test_rows_of_another_length_and_blank_lines_have_a_fault() -> None:
    found = [(line, fault) for line, _, fault in read("a\n\nb,1,2\nc,1\n \nd,1,,\n")]
    count = "wrong column count"
    assert found == [(2, count), (3, "blank line"), (4, count), (5, ""), (6, "blank line"), (7, "")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"최고"라고,1', ["최고라고", "1"]),
        ('"그는 "안녕" 했다",1', ['그는 안녕" 했다"', "1"]),
        ('그는 "안녕" 했다,1', ['그는 "안녕" 했다', "1"]),
        ('5" 화면,1', ['5" 화면', "1"]),
        ('"",1', ["", "1"]),
        ('"a",', ["a", ""]),
        (',"a"', ["", "a"]),
        (' "a",1', [' "a"', "1"]),
        ('"a,1', ['"a', "1"]),
        ('a,"1', ["a", '"1']),
        ('"a\rb",1', ["a\rb", "1"]),
        ('a\rb"c,1', ['a\rb"c', "1"]),
    ],
)
def test_quotes_are_read_as_pandas_and_spreadsheets_do(line: str, cells: list[str]) -> None:
    assert good(read(line + "\n글,0\n")) == [(2, cells), (3, ["글", "0"])]
    assert good(read(line)) == [(2, cells)]
    is_open = cells[0][:1] == '"' or cells[1][:1] == '"'
    if not is_open:
        assert split(line, ",")[0] == cells


def test_a_quote_that_never_closes_is_a_letter_and_said() -> None:
    rows = read('a,1\n"b,0\nc,1\nd,0\n')
    assert good(rows) == [(2, ["a", "1"]), (3, ['"b', "0"]), (4, ["c", "1"]), (5, ["d", "0"])]
    assert rows.letters.first == [(3, 3)]


def test_of_many_the_first_few_are_kept() -> None:
    rows = read('"b,0\n' * 1000)
    assert len(good(rows)) == 1000
    assert (rows.letters.first, rows.letters.count) == ([(n, n) for n in range(2, 7)], 1000)


def test_one_that_is_no_row_even_so_costs_its_own_line_only() -> None:
    rows = read('"b\nc,1\n"d,2,3\ne,0\n')
    assert [(line, fault) for line, _, fault in rows] == [
        (2, "broken row"), (3, ""), (4, "broken row"), (5, ""),
    ]  # fmt: skip


ALIKE = [["좋다", "긍정"], ["싫다", "부정"], ["음", "긍정"], ["글", "부정"]]


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ('"하나,긍정\n둘",부정\n', False),  # both are rows with labels of this file
        ('"하나, 둘\n셋",긍정\n', True),  # " 둘" is no label
        ('"하나,긍정\n둘,부정\n셋",긍정\n', False),
        ('"하나, 긍정이라\n둘,부정\n셋",긍정\n', True),
        ('"하나\n둘",긍정\n', True),
    ],
)
def test_lines_that_are_rows_by_themselves_are_not_merged(text: str, merged: bool) -> None:
    rows = Rows(lines_of(text), CSV, 2, patterns(ALIKE))
    found = good(rows)
    last = text.count("\n") + 1
    assert len(found) == (1 if merged else last - 1)
    assert rows.parted.first == ([] if merged else [(2, last)])
    if not merged:
        assert found[0] == (2, ['"하나', "긍정"])


def test_where_nothing_tells_a_few_lines_are_a_cell_and_said_and_more_are_rows() -> None:
    two = read('"하나,가\n둘",나\n')
    assert good(two) == [(2, ["하나,가\n둘", "나"])]
    assert two.long.first == [(2, 3)]
    many = read('"하나,가\n' + "둘,나\n" * 4 + '셋",다\n')
    assert [cells[0] for _, cells in good(many)] == ['"하나', *["둘"] * 4, '셋"']
    assert many.parted.first == [(2, 7)]
    trusted = Rows(lines_of('"하나,가\n' + "둘,나\n" * 4 + '셋",다\n'), Dialect(",", True, True), 2)
    assert len(good(trusted)) == 1
    assert (trusted.long.count, trusted.parted.count) == (0, 0)


def test_patterns_are_numbers_and_few_values() -> None:
    fits = patterns([[str(n), f"글 {n}", "ab"[n % 2]] for n in range(8)])
    assert fits is not None
    assert fits(["99", "무엇이든", "a"])
    assert not fits(["", "무엇이든", "a"])
    assert not fits(["99", "무엇이든", "c"])
    assert patterns([["가", "나"]] * 3) is None
    assert patterns([[f"가{n}", f"나{n}"] for n in range(8)]) is None


def test_a_long_cell_is_said_and_an_endless_one_is_none() -> None:
    rows = read('"' + "줄\n" * 30 + '끝",1\n')
    assert good(rows) == [(2, ["줄\n" * 30 + "끝", "1"])]
    assert rows.long.first == [(2, 32)]
    rows = read('"a,1\n' + "b,2\n" * 2000 + 'c",3\n')
    assert len(good(rows)) == 2002
    assert rows.letters.first == [(2, 2)]


def test_a_line_that_cannot_be_decoded_breaks_the_cell_it_is_in() -> None:
    lines = [Line(2, '"두', ""), Line(3, "\udcff", "neither UTF-8 nor CP949"), Line(4, '줄",1', "")]
    (row,) = Rows(lines, CSV, 2)
    assert (row[0], row[2]) == (2, "neither UTF-8 nor CP949")


@pytest.mark.parametrize("line", ['a","b', '"a', '"a","b', '""",', '"a""', '"a"b,"c'])
@pytest.mark.parametrize("dialect", [CSV, Dialect("\t", quoted=True)])
def test_quotes_on_every_line_take_linear_time(
    line: str, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def counting(text: str, separator: str) -> Any:
        nonlocal looked_at
        looked_at += len(text)
        return split(text, separator)

    monkeypatch.setattr(delimited, "split", counting)
    text = (line.replace(",", dialect.separator) + "\n") * 4000
    assert sum(1 for _ in read(text, dialect)) > 0
    assert looked_at <= 8 * len(text)


def test_a_line_of_a_megabyte_is_read_and_the_limit_of_csv_left_alone() -> None:
    before = csv.field_size_limit()
    long = "가" * 1_000_000
    for text in (f"{long},1", f'"{long}",1', f'"{long}\n줄",1'):
        ((_, cells),) = good(read(text))
        assert str(cells[0]).startswith(long)
    assert csv.field_size_limit() == before


def test_without_quotes_they_are_letters() -> None:
    rows = read('"열기만 한\t1\n"감싼 글"\t0\n"" \t1\n', TSV)
    assert good(rows) == [(2, ['"열기만 한', "1"]), (3, ['"감싼 글"', "0"]), (4, ['"" ', "1"])]


def test_a_row_that_only_fits_with_quotes_is_read_with_them_anyhow() -> None:
    rows = read('"열기만 한\t1\n하나뿐\n"탭\t이"\t0\n"두\n줄"\t1\n"a" b\t0\n', TSV)
    assert good(rows) == [
        (2, ['"열기만 한', "1"]), (4, ["탭\t이", "0"]), (5, ["두\n줄", "1"]), (7, ['"a" b', "0"]),
    ]  # fmt: skip


def test_nul_and_unicode_line_separators_stay_in_the_text() -> None:
    odd = "a\0b\u2028c\u0085d\x0be"
    for dialect in (CSV, TSV):
        assert good(read(f"{odd}{dialect.separator}1\n", dialect)) == [(2, [odd, "1"])]


@given(TEXT, st.sampled_from([CSV, TSV, Dialect(";", quoted=True), Dialect("\t", quoted=True)]))
def test_every_line_of_any_text_is_accounted_for(text: str, dialect: Dialect) -> None:
    text = f"좋다{dialect.separator}1\n{text}"
    numbers: list[int] = []
    for line, cells, fault in read(text, dialect):
        inside = 0 if fault else sum(str(cell).count("\n") for cell in cells)
        numbers += range(line, line + inside + 1)
    assert numbers == list(range(2, text.removesuffix("\n").count("\n") + 3))


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8), st.sampled_from(",;|\t"))
def test_what_the_csv_module_writes_comes_back(rows: list[tuple[str, str]], mark: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, delimiter=mark).writerows(rows)
    found = Rows(lines_of(written.getvalue()), Dialect(mark, quoted=True), 2, lambda _: False)
    assert [cells for _, cells in good(found)] == list(map(list, rows))


@given(st.text('",;\n\rab', max_size=12))
def test_one_line_is_cut_as_the_csv_module_cuts_it(text: str) -> None:
    line = text.replace("\n", "").replace("\r", "")
    cells, opened, _ = split(line, ",")
    if opened is None:
        assert cells == (next(csv.reader([line]), []) or [""])
