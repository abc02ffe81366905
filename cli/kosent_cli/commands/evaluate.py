"""``kosent evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from kosent.errors import UsageError
from kosent.evaluation.evaluate import Evaluation, Rows, evaluate_bundle
from kosent.evaluation.stress import Stress, stress
from kosent.language import said
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import scored_rows_options
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines, say_noted
from kosent_cli.progress import display
from kosent_cli.report_files import report_options, say_written
from kosent_cli.reports import report_lines
from kosent_cli.session import Session, pass_session

EXAMPLES = """\
kosent evaluate
kosent evaluate --bundle runs/mine --corpus reviews.csv --json
kosent evaluate --corpus reviews.csv --errors mistakes.csv
kosent evaluate --report report.html --stress
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
@report_options
@click.option(
    "--stress",
    "with_stress",
    is_flag=True,
    help=said("보고서에 흩뜨린 글의 점수도", "figures under noise in the report too"),
)
@json_option
@pass_session
def command(
    session: Session,
    bundle: str | None,
    corpus: str | None,
    errors: str | None,
    report: Path | None,
    no_texts: bool,
    with_stress: bool,
    as_json: bool,
    **rows: Unpack[Rows],
) -> None:
    """Print the report."""
    path = choose_bundle(bundle)
    _check(report, with_stress)
    noisy = None
    with display(session) as listener:
        result = evaluate_bundle(path, corpus, errors=errors, listener=listener, **rows)
        if with_stress:
            answers = result.answers
            noisy = stress(answers.classifier, answers.texts, answers.labels, listener=listener)
        if report is not None:
            _write(result, report, not no_texts, noisy, session.command)
    if as_json:
        scores = result.report.to_dict()
        seen = {"blank": result.blank, "cut": result.cut}
        emit_json(scores | {"bundle": str(result.bundle), "corpus": result.corpus} | seen)
    else:
        emit_lines(_lines(result))
    say_noted(result.blank, result.cut)
    if report is not None:
        say_written(report)


def _check(report: Path | None, with_stress: bool) -> None:
    if report is not None:
        from kosent.reporting import check_name

        check_name(report)
    elif with_stress:
        raise UsageError(
            "--stress는 --report와 함께 씁니다. 표만 보려면 kosent stress를 쓰세요",
            "--stress goes with --report; for the table alone there is kosent stress",
        )


def _write(
    result: Evaluation, report: Path, texts: bool, noisy: Stress | None, command: str
) -> None:
    from kosent.reporting import write_evaluation_report

    write_evaluation_report(result, report, texts=texts, stress=noisy, command=command)


def _lines(result: Evaluation) -> list[str]:
    return [f"{result.corpus} ({result.split})", *report_lines(result.report)]
