"""The report of a bench: its tables, its picture, and what did not work."""

from __future__ import annotations

from pathlib import Path

from kosent.evaluation.bench.pages import (
    Table as Cells,
)
from kosent.evaluation.bench.pages import (
    board_table,
    board_title,
    matrix,
    picture,
    rows_title,
    versus_table,
)
from kosent.evaluation.bench.summary import Bench
from kosent.reporting.page import check_name, write_page
from kosent.reporting.parts import Commands, Page, Part, Pictures, Reader, Section, Table
from kosent.runs.environment import environment
from kosent.support.paths import user_path

_FILE = "report.html"


def write_bench_report(bench: Bench, folder: str | Path, *, command: str | None = None) -> Path:
    """Write the report of a bench beside its tables.

    Args:
        bench: What ``run_bench`` returned.
        folder: Its folder, or the ``.html`` file to write.
        command: The command line that made it.

    Returns:
        The file.

    Raises:
        RuntimeSetupError: If matplotlib is missing, or the disk refuses.
    """
    target = user_path(folder)
    if target.suffix != ".html":
        target = target / _FILE
    check_name(target)
    reader = Reader()
    corpora = list(dict.fromkeys(board.corpus for board in bench.boards))
    sections = [_compared(reader, bench), _curves(reader, bench)]
    sections += [_of_rows(reader, bench, rows) for rows in bench.sizes]
    sections.append(_failed(reader, bench))
    if command is not None:
        sections.append(Section("repeat", reader("다시 하기", "Repeat it"), [Commands([command])]))
    sections.append(_environment(reader))
    title = reader("시스템 견주기", "Bench of systems")
    about = f"{', '.join(corpora)} · {', '.join(bench.systems)}"
    write_page(Page(title, about, sections), target, reader)
    return target


def _compared(reader: Reader, bench: Bench) -> Section:
    """Return our system against the best rival of each corpus."""
    parts: list[Part] = []
    for rows in bench.sizes:
        cells = versus_table(bench, rows, reader.language)
        if cells:
            parts.append(
                _table(f"{bench.ours}, {rows_title(rows, reader.language)}", cells, [2, 7])
            )
    return Section("versus", reader("가장 나은 상대와", "Against the best rival"), parts)


def _curves(reader: Reader, bench: Bench) -> Section:
    drawn = picture(bench, reader.language)
    parts = [] if drawn is None else [Pictures([drawn])]
    return Section("curves", reader("줄 수에 따른 곡선", "Curves by rows"), parts)


def _of_rows(reader: Reader, bench: Bench, rows: int | None) -> Section:
    boards = bench.of(rows)
    parts: list[Part] = []
    if len(boards) > 1:
        parts += [
            _table(name, matrix(bench, rows, metric, reader.language))
            for metric, name in (("macro_f1", "macro F1"), ("accuracy", "accuracy"))
        ]
    parts += [_table(board_title(board), board_table(board)) for board in boards]
    return Section(f"rows-{rows or 'all'}", rows_title(rows, reader.language), parts)


def _failed(reader: Reader, bench: Bench) -> Section:
    rows = [
        [
            each.corpus,
            each.system,
            f"{each.rows or 'all'}",
            f"{each.seed}",
            reader(*_both(each.reason)),
        ]
        for each in bench.failed
    ]
    head = [reader("말뭉치", "corpus"), reader("시스템", "system"), reader("줄", "rows")]
    head += [reader("시드", "seed"), reader("까닭", "why")]
    title = reader("되지 않은 것", "Failed")
    return Section("failed", title, [Table(title, head, rows, words=[1, 4])] if rows else [])


def _both(reason: str) -> tuple[str, str]:
    """Return a reason in both languages; of one that was read as plain text the same twice."""
    return getattr(reason, "korean", reason), getattr(reason, "english", reason)


def _environment(reader: Reader) -> Section:
    found = environment()
    rows = [["Python", found["python"]], [reader("시스템", "system"), found["system"]]]
    rows.append([reader("프로세서", "processors"), str(found["processors"])])
    rows += [[name, version or "-"] for name, version in found["packages"].items()]
    title = reader("환경", "Environment")
    return Section("environment", title, [Table(title, ["", ""], rows, words=[1])])


def _table(caption: str, cells: Cells, words: list[int] | None = None) -> Table:
    head, *rows = cells
    return Table(caption, head, rows, words or [])
