"""``kosent evaluate``."""

from __future__ import annotations

from typing import Unpack

import click

from kosent.evaluation.evaluate import Evaluation, Rows, evaluate_bundle
from kosent.language import said
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import scored_rows_options
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines, say_noted
from kosent_cli.progress import display
from kosent_cli.reports import report_lines
from kosent_cli.session import Session, pass_session

EXAMPLES = """\
kosent evaluate
kosent evaluate --bundle runs/mine --corpus reviews.csv --json
kosent evaluate --corpus reviews.csv --errors mistakes.csv
"""


@click.command("evaluate", cls=Command, help=page(COMMANDS["evaluate"].summary, EXAMPLES))
@bundle_option
@scored_rows_options
@click.option(
    "--errors",
    metavar="FILE",
    help=said(
        "틀린 답을 가장 확신한 것부터 쓸 .csv, .tsv, .jsonl 파일",
        "file for the wrong answers, the surest first: .csv, .tsv or .jsonl",
    ),
)
@json_option
@pass_session
def command(
    session: Session,
    bundle: str | None,
    corpus: str | None,
    errors: str | None,
    as_json: bool,
    **rows: Unpack[Rows],
) -> None:
    """Print the report."""
    path = choose_bundle(bundle)
    with display(session) as listener:
        result = evaluate_bundle(path, corpus, errors=errors, listener=listener, **rows)
    if as_json:
        scores = result.report.to_dict()
        seen = {"blank": result.blank, "cut": result.cut}
        emit_json(scores | {"bundle": str(result.bundle), "corpus": result.corpus} | seen)
    else:
        emit_lines(_lines(result))
    say_noted(result.blank, result.cut)


def _lines(result: Evaluation) -> list[str]:
    return [f"{result.corpus} ({result.split})", *report_lines(result.report)]
