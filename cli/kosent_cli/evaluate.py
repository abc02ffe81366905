"""``kosent evaluate``."""

from __future__ import annotations

import click

from kosent.corpora.base import SPLITS
from kosent.evaluation import Evaluation, evaluate_bundle
from kosent_cli.options import (
    Command,
    bundle_option,
    choose_bundle,
    column_options,
    json_option,
)
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.reports import report_lines
from kosent_cli.session import Session, pass_session

HELP = """\
모델을 말뭉치로 평가합니다 / score a model on a corpus.

\b
  kosent evaluate
  kosent evaluate --bundle runs/mine --corpus reviews.csv --json
"""


@click.command("evaluate", cls=Command, help=HELP)
@bundle_option
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    help="말뭉치 (기본: 모델이 배운 것) / corpus (default: the model's own)",
)
@column_options
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    help="자료 구분 (기본: test, 없으면 train) / split (default: test, else train)",
)
@click.option("--limit", type=int, help="평가할 글 수 / score at most this many rows")
@json_option
@pass_session
def command(
    session: Session,
    bundle: str | None,
    corpus: str | None,
    text_column: str | None,
    label_column: str | None,
    split: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print the report."""
    path = choose_bundle(bundle)
    with display(session) as listener:
        result = evaluate_bundle(
            path,
            corpus,
            split=split,
            text_column=text_column,
            label_column=label_column,
            limit=limit,
            listener=listener,
        )
    if as_json:
        scores = result.report.to_dict()
        emit_json(scores | {"bundle": str(result.bundle), "corpus": result.corpus})
    else:
        emit_lines(_lines(result))


def _lines(result: Evaluation) -> list[str]:
    return [f"{result.corpus} ({result.split})", *report_lines(result.report)]
