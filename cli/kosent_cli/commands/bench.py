"""``kosent bench``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kosent.errors import UsageError
from kosent.evaluation.baselines import RIVALS
from kosent.evaluation.bench.pages import (
    Table,
    board_table,
    board_title,
    matrix,
    rows_title,
    versus_table,
)
from kosent.evaluation.bench.running import Plan, run_bench
from kosent.evaluation.bench.summary import Bench
from kosent.evaluation.bench.tasks import HELD_OUT
from kosent.language import said
from kosent.reporting import write_bench_report
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import column_options, engine_option
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.report_files import say_written
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent bench --corpus nsmc --systems default,fasttext-25,nb-svm
kosent bench --corpus finance chatbot sib200-ko --seeds 0,1,2 --out runs/bench
kosent bench --corpus everybody --rows 100,300,1000,3000,all --out runs/bench
kosent bench --corpus reviews/ --limit 5000 --json
"""
KOREAN = f"""\
시스템은 default(아무것도 정하지 않은 kosent), kosent의 레시피(kosent list recipes나 .toml),
그리고 겨룰 것들(모두: rivals)입니다: {", ".join(RIVALS)}.
fastText는 pip install 'kosent[bench]'. 기본은 default와, 찾는 데 오래 걸리는 fasttext-autotune을 뺀
겨룰 것 모두입니다.

시험 자료가 없는 말뭉치에서는 글의 {HELD_OUT:.0%}를 --split-seed로 떼어 냅니다. 시스템마다 프로세스
하나에서 학습하고 시험 자료로 한 번 채점합니다. --out에 남은 결과는 글, 설정, 버전이 같으면 다시
쓰므로 끊긴 뒤 같은 명령으로 이어서 할 수 있습니다. everybody는 말뭉치 열두 개의 이름입니다.
"""
ENGLISH = f"""\
Systems are default (kosent with no option given), recipes of kosent (kosent list recipes, or a
.toml), and what they have to beat (all of them: rivals): {", ".join(RIVALS)}.
fastText needs pip install 'kosent[bench]'. By default: default, and all rivals but
fasttext-autotune, whose search takes long.

A corpus without a test split has {HELD_OUT:.0%} of its texts held out by --split-seed. Each system
is trained in a process of its own and scored on the test split once. Results in --out are kept
where texts, settings and version are the same, so the same command goes on with a bench that was
cut off. everybody names twelve corpora.
"""


def _listed(kind: Callable[[str], Any]) -> Callable[..., tuple[Any, ...] | None]:
    """Return what reads values with commas between."""

    def read(
        ctx: click.Context,  # noqa: ARG001
        param: click.Parameter,
        given: str | None,
    ) -> tuple[Any, ...] | None:
        if given is None:
            return None
        try:
            return tuple(kind(each.strip()) for each in given.split(","))
        except ValueError as error:
            option = param.opts[0]
            raise UsageError(
                f"{option}에는 수를 쉼표로 나누어 주세요. 받은 값: {given!r}",
                f"{option} takes numbers with commas between. Received: {given!r}",
            ) from error

    return read


def _rows(text: str) -> int | None:
    return None if text == "all" else int(text)


@click.command(
    "bench", cls=Command, help=page(COMMANDS["bench"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("more", nargs=-1, metavar="[CORPUS]...")
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    multiple=True,
    help=said("말뭉치 이름이나 파일 경로, 여럿도 됨", "corpora by name or path") + "  [nsmc]",
)
@column_options
@click.option(
    "--systems",
    metavar="NAME,...",
    callback=_listed(str),
    help=said("견줄 시스템", "systems to compare"),
)
@click.option(
    "--against",
    "ours",
    metavar="NAME",
    help=said(
        "가장 나은 상대와 견줄 것 (기본: default)",
        "which to set against the best rival (default: default)",
    ),
)
@click.option(
    "--rows",
    metavar="N,...",
    callback=_listed(_rows),
    default="all",
    help=said("학습할 줄 수, 곡선은 여럿", "rows to learn from, several for a curve") + "  [all]",
)
@click.option(
    "--seeds",
    metavar="N,...",
    callback=_listed(int),
    default="0",
    help=said("난수 시드", "seeds") + "  [0]",
)
@click.option(
    "--split-seed",
    type=int,
    default=0,
    help=said("시험 자료를 떼어 낼 시드", "seed of the test split where there is none") + "  [0]",
)
@click.option(
    "--limit", type=int, help=said("자료마다 쓸 글 수", "use at most this many rows of each split")
)
@click.option(
    "--minutes",
    type=float,
    default=120,
    help=said("시스템 하나에 줄 시간", "time limit of a system") + "  [120]",
)
@click.option(
    "--model2vec",
    metavar="DIR",
    help=said("model2vec 가중치의 폴더", "folder of model2vec's weights"),
)
@click.option(
    "--again",
    metavar="NAME,...",
    callback=_listed(str),
    help=said("결과가 있어도 새로 학습할 것", "systems to train anew though there are results"),
)
@click.option(
    "--jobs",
    type=int,
    help=said("함께 학습할 수; 걸린 시간이 늘어남", "trainings at once; each takes longer")
    + "  [1]",
)
@engine_option()
@click.option(
    "--out",
    metavar="DIR",
    help=said("결과와 표, 보고서를 남길 폴더", "folder that keeps results, tables and report"),
)
@json_option
@pass_session
def command(
    session: Session,
    /,
    more: tuple[str, ...],
    corpus: tuple[str, ...],
    jobs: int | None,
    engine: str | None,
    out: str | None,
    as_json: bool,
    again: tuple[str, ...] | None,
    **given: Any,
) -> None:
    """Print the tables."""
    names = [name for each in (*corpus, *more) for name in each.split(",")] or ["nsmc"]
    plan = Plan(names, again=again or (), **given)
    with display(session) as listener:
        found = run_bench(plan, out=out, jobs=jobs, engine=engine, listener=listener)
        written = None if out is None else write_bench_report(found, out, command=session.command)
    if as_json:
        emit_json(found.to_dict())
    else:
        emit_lines(_lines(found))
    if written is not None:
        say_written(written)


def _lines(found: Bench) -> list[str]:
    lines: list[str] = []
    for rows in found.sizes:
        for board in found.of(rows):
            lines += [board_title(board), *_table(board_table(board)), ""]
        if len(found.of(rows)) > 1:
            lines += [f"macro F1, {rows_title(rows)}", *_table(matrix(found, rows)), ""]
        compared = versus_table(found, rows)
        if compared:
            lines += [f"{found.ours}, {rows_title(rows)}", *_table(compared), ""]
    return lines[:-1]


def _table(rows: Table) -> list[str]:
    return table(rows, right=range(1, len(rows[0])))
