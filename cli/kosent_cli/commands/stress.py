"""``kosent stress``."""

from __future__ import annotations

from typing import Unpack

import click

from kosent.evaluation.evaluate import Rows
from kosent.evaluation.stress import StressedBundle, stress_bundle
from kosent.language import said
from kosent.text.noise import NOISES
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import scored_rows_options
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent stress
kosent stress --bundle runs/mine --corpus nsmc --limit 5000
kosent list noises
"""
KOREAN = """\
사람들이 치는 대로: 띄어쓰기, 오타, 낱자, 이모지 따위 아래의 정확도와
깨끗한 글과의 차이, 그 95 % 신뢰 구간.
"""
ENGLISH = """\
As people type: accuracy under each noise, such as missing spaces, typing errors, split syllables
and emoji, its difference from the clean texts, and the 95 % confidence interval of that.
"""


@click.command(
    "stress", cls=Command, help=page(COMMANDS["stress"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@bundle_option
@scored_rows_options
@click.option(
    "--rate",
    type=float,
    help=said(
        "흩뜨릴 몫, 0에서 1 (기본: 잡음마다 다름)",
        "share of places that are hit, from 0 to 1 (default: by noise)",
    ),
)
@click.option("--seed", type=int, default=0, help=said("난수 시드", "seed") + "  [0]")
@json_option
@pass_session
def command(
    session: Session,
    bundle: str | None,
    corpus: str | None,
    rate: float | None,
    seed: int,
    as_json: bool,
    **rows: Unpack[Rows],
) -> None:
    """Print the table."""
    path = choose_bundle(bundle)
    with display(session) as listener:
        result = stress_bundle(path, corpus, rate=rate, seed=seed, listener=listener, **rows)
    if as_json:
        about = {"bundle": str(result.bundle), "corpus": result.corpus, "split": result.split}
        emit_json(result.stress.to_dict() | about)
    else:
        emit_lines(_lines(result))


def _lines(result: StressedBundle) -> list[str]:
    figures = result.stress
    rows = [["", "rate", "changed", "accuracy", "difference", "95 %", ""]]
    rows.append(["(clean)", "", "", f"{figures.accuracy:.4f}", "", "", ""])
    rows += [[*each.cells(), NOISES[each.noise].summary] for each in figures.noises]
    title = f"{result.corpus} ({result.split})  rows {figures.rows:,}  seed {figures.seed}"
    return [title, *table(rows, right=range(1, 6))]
