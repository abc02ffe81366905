"""``kosent ensemble``."""

from __future__ import annotations

from typing import Any

import click

from kosent.language import said
from kosent.models.combine import Combined, combine_bundles
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import column_options, label_set_options
from kosent_cli.options import Command, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.reports import member_rows
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent ensemble both.kosent --bundle runs/one --bundle runs/two
kosent predict --bundle both.kosent "진짜 재밌는 영화"
"""
KOREAN = """\
모델들의 점수를 무게를 주어 더합니다. 무게는 모두의 검증 자료에서 맞추므로, 같은 자료와 같은
--seed로 학습한 모델이라야 합니다.
"""
ENGLISH = """\
The scores of the models are added, each times a weight. Weights are fitted on the validation split
of all, so the models must have learned from the same corpus with the same --seed.
"""


@click.command(
    "ensemble", cls=Command, help=page(COMMANDS["ensemble"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("target", metavar="OUT")
@click.option(
    "--bundle",
    "bundles",
    metavar="PATH",
    multiple=True,
    required=True,
    help=said(
        "모델 폴더나 .kosent 파일, 둘 이상",
        "folder or .kosent file of a model; two or more of them",
    ),
)
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    help=said("모델들이 배운 자료", "corpus that they learned from"),
)
@column_options
@label_set_options
@click.option(
    "--overwrite", is_flag=True, help=said("있는 모델을 덮어씀", "replace a model that is there")
)
@json_option
@pass_session
def command(
    session: Session,
    target: str,
    bundles: tuple[str, ...],
    corpus: str | None,
    text_column: str | None,
    label_column: str | None,
    label_separator: str | None,
    label_columns: list[str] | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write the ensemble and print what each model weighs."""
    paths = [choose_bundle(bundle) for bundle in bundles]
    with display(session) as listener:
        done = combine_bundles(
            paths,
            target,
            corpus=corpus,
            text_column=text_column,
            label_column=label_column,
            label_separator=label_separator,
            label_columns=label_columns or (),
            overwrite=overwrite,
            listener=listener,
        )
    if as_json:
        emit_json(_document(done))
    else:
        emit_lines(_lines(done))


def _document(done: Combined) -> dict[str, Any]:
    info = done.ensemble.info_
    figures = {name: info[name] for name in ("members", "weighting", "validation")}
    return {"path": str(done.path), "bytes": done.size, **figures}


def _lines(done: Combined) -> list[str]:
    info, scores = done.ensemble.info_, done.ensemble.validation_
    members = zip(info["members"], done.ensemble.weights_, strict=True)
    scored = said("검증 정확도", "validation accuracy")
    if done.ensemble.thresholds_ is not None:
        scored = said("검증 micro F1", "validation micro F1")
    rows = [["", said("무게", "weight"), scored]]
    rows += member_rows(list(members))
    together = f"{getattr(scores, 'micro_f1', scores.accuracy):.4f}"
    rows.append([said("앙상블", "ensemble"), "", f"{together} ({scores.rows:,} rows)"])
    return [*table(rows), f"{said('모델', 'model')}: {done.path} ({done.size:,} bytes)"]
