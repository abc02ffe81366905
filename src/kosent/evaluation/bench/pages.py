"""The tables and the picture of a bench.

A table is a list of rows of cells, the first of which is the heading: the command line lays it out
in columns, and a Markdown file has it with bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kosent.evaluation.bench.summary import Bench, Board, Figure, Versus
from kosent.language import Language, said
from kosent.plotting.picture import Picture
from kosent.plotting.rows import Curve, curves_by_rows

Table = list[list[str]]
_NONE = "-"


def board_title(board: Board) -> str:
    """Return what was learned from and scored."""
    title = f"{board.corpus}  train {board.train_rows:,}  test {board.test_rows:,}"
    if board.made:
        title += f" ({board.made['held_out']:.0%}, seed {board.made['seed']})"
    if board.families:
        title += f" ({board.families:,} families)"
    for name, rows in board.marked.items():
        title += f", {name} {rows:,}"
    return title


def board_table(board: Board) -> Table:
    """Return the figures of all systems on a corpus."""
    marks = list(board.marked)
    head = ["", "macro F1", "95 %", "accuracy", "95 %"]
    head += [f"{metric} -{name}" for name in marks for metric in ("macro F1", "accuracy")]
    rows = [[*head, "train s", "texts/s", "MB"]]
    for entry in board.entries:
        cells = [entry.system, *_figure(entry.macro_f1), *_figure(entry.accuracy)]
        for name in marks:
            apart = entry.without[name]
            cells += [f"{apart['macro_f1']:.4f}", f"{apart['accuracy']:.4f}"]
        cells += [f"{entry.train_seconds:.1f}", f"{entry.texts_per_second:,.0f}"]
        rows.append([*cells, f"{entry.size / 1e6:.1f}"])
    return rows


def matrix(
    bench: Bench, rows: int | None, metric: str = "macro_f1", language: Language | None = None
) -> Table:
    """Return a figure of all systems on all corpora, and its mean where a system has them all."""
    boards = bench.of(rows)
    table = [["", *(board.corpus for board in boards), said("평균", "mean", language)]]
    for system in bench.systems:
        entries = [board.entry(system) for board in boards]
        values = [None if entry is None else getattr(entry, metric).mean for entry in entries]
        there = [value for value in values if value is not None]
        mean = f"{sum(there) / len(there):.4f}" if there and len(there) == len(values) else _NONE
        cells = [_NONE if value is None else f"{value:.4f}" for value in values]
        table.append([system, *cells, mean])
    return table


def versus_table(bench: Bench, rows: int | None, language: Language | None = None) -> Table:
    """Return ours against the best rival of each corpus, and all corpora together at the bottom."""
    best = said("가장 나은 상대", "best rival", language)
    difference = said("차이", "difference", language)
    head = ["", "macro F1", best, difference, "95 %", "", "accuracy", best, difference, "95 %", ""]
    table = [head]
    for board in bench.of(rows):
        ours = board.entry(bench.ours) if bench.ours and board.versus else None
        if ours is not None:
            first = [f"{ours.macro_f1.mean:.4f}", *_versus(board.versus["macro_f1"])]
            second = [f"{ours.accuracy.mean:.4f}", *_versus(board.versus["accuracy"])]
            table.append([board.corpus, *first, *second])
    totals = {each.metric: each for each in bench.totals if each.rows == rows}
    if not totals:
        return []
    cells = [said("모두", "all", language)]
    for metric in ("macro_f1", "accuracy"):
        total = totals[metric]
        counts = f"{total.wins} / {total.ties} / {total.losses}"
        cells += ["", "", f"{total.difference:+.4f}", f"{total.low:+.4f} {total.high:+.4f}", counts]
    return [*table, cells]


def markdown(bench: Bench) -> str:
    """Return all tables as Markdown."""
    return "\n".join(_markdown(bench)) + "\n"


def picture(bench: Bench, language: Language = "both") -> Picture | None:
    """Return macro F1 by rows learned from; ``None`` where there are no two numbers of rows."""
    if len(bench.sizes) < 2:
        return None
    panels: dict[str, dict[str, Curve]] = {}
    for board in sorted(bench.boards, key=lambda board: board.train_rows):
        panel = panels.setdefault(board.corpus, {})
        for system in bench.systems:
            entry = board.entry(system)
            if entry is not None:
                spread = entry.macro_f1.sd or 0.0
                point = (board.train_rows, entry.macro_f1.mean, spread)
                panel.setdefault(system, []).append(point)
    return curves_by_rows(panels, "macro F1", language=language)


def _markdown(bench: Bench) -> Iterator[str]:
    yield "# kosent bench"
    for rows in bench.sizes:
        yield from ("", f"## {rows_title(rows)}")
        compared = versus_table(bench, rows)
        if compared:
            title = said("가장 나은 상대", "the best rival")
            yield from ("", f"### {bench.ours} - {title}", "", *_bars(compared))
        for metric, title in (("macro_f1", "macro F1"), ("accuracy", "accuracy")):
            yield from ("", f"### {title}", "", *_bars(matrix(bench, rows, metric)))
        for board in bench.of(rows):
            yield from ("", f"### {board_title(board)}", "", *_bars(board_table(board)))
    if bench.failed:
        yield from ("", f"## {said('되지 않은 것', 'Failed')}", "")
        for each in bench.failed:
            where = f"{each.corpus} {each.system} {each.rows or 'all'} seed {each.seed}"
            yield f"- {where}: {each.reason}"


def rows_title(rows: int | None, language: Language | None = None) -> str:
    """Return how many rows were learned from."""
    if rows is None:
        return said("모든 줄", "all rows", language)
    return said(f"{rows:,}줄", f"{rows:,} rows", language)


def _bars(table: Table) -> Iterator[str]:
    head, *rows = ([cell.replace("|", "\\|") for cell in row] for row in table)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _figure(figure: Figure) -> Sequence[str]:
    spread = "" if figure.sd is None else f" ± {figure.sd:.4f}"
    return f"{figure.mean:.4f}{spread}", f"{figure.low:.4f} {figure.high:.4f}"


def _versus(versus: Versus) -> list[str]:
    ends = f"{versus.low:+.4f} {versus.high:+.4f}"
    return [versus.rival, f"{versus.difference:+.4f}", ends, versus.verdict]
