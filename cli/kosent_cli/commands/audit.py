"""``kosent audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kosent import corpora, reporting
from kosent.corpora.notices import dropped_by_reason
from kosent.inspection.audit import audit
from kosent.inspection.audit_file import check_name, write_audit
from kosent.inspection.audited import Audit
from kosent.inspection.findings import FINDINGS
from kosent.language import said
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import column_options, label_set_options, multilabel_option
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines, say
from kosent_cli.progress import display
from kosent_cli.report_files import report_options, say_written
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent audit --corpus mine.csv
kosent audit --corpus mine.csv --output audited.csv
kosent audit --corpus mine.csv --report audit.html
kosent train --corpus audited.csv
"""


@click.command("audit", cls=Command, help=page(COMMANDS["audit"].summary, EXAMPLES))
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    required=True,
    help=said("말뭉치 이름이나 파일 경로", "corpus by its name or path"),
)
@column_options
@multilabel_option
@label_set_options
@click.option(
    "--cleaning",
    help=said("텍스트 정리 (기본: 언어에 따라)", "preset of the cleaning (default: by language)"),
)
@click.option(
    "--suspects/--no-suspects",
    default=None,
    help=said(
        "틀린 듯한 라벨도 찾기 (기본: cleanlab이 있으면)",
        "look for likely wrong labels (default: where cleanlab is installed)",
    ),
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help=said(
        "모든 줄과 찾은 것, keep 열을 쓸 파일. kosent train이 읽습니다",
        "file for all rows, findings and a column keep, which kosent train reads",
    ),
)
@report_options
@json_option
@pass_session
def command(
    session: Session,
    corpus: str,
    text_column: str | None,
    label_column: str | None,
    multilabel: bool,
    label_separator: str | None,
    label_columns: list[str] | None,
    cleaning: str | None,
    suspects: bool | None,
    output: Path | None,
    report: Path | None,
    no_texts: bool,
    as_json: bool,
) -> None:
    """Look through a corpus, and print what was found."""
    if output is not None:
        check_name(output)
    if report is not None:
        reporting.check_name(report)
    with display(session) as listener:
        loaded = corpora.load(
            corpus,
            listener,
            text_column=text_column,
            label_column=label_column,
            multilabel=multilabel,
            label_separator=label_separator,
            label_columns=label_columns or (),
        )
        audited = audit(loaded, cleaning=cleaning, suspects=suspects, listener=listener)
        if output is not None:
            write_audit(audited, output)
        if report is not None:
            reporting.write_audit_report(
                audited, report, texts=not no_texts, command=session.command
            )
    if as_json:
        emit_json(audited.to_dict())
    else:
        emit_lines(_lines(audited))
    if output is not None:
        say(said(f"'{output}'에 썼습니다", f"wrote '{output}'"))
    if report is not None:
        say_written(report)


def _lines(audited: Audit) -> list[str]:
    document = audited.to_dict()
    splits = list(document["rows"])
    numbers = [["", *splits]]
    numbers += [
        [f"{said('라벨', 'label')} {label}", *_counts(document["labels"], splits, label)]
        for label in dict.fromkeys(name for split in splits for name in document["labels"][split])
    ]
    numbers += [
        [said(*words), *(f"{document['characters'][split].get(key, 0):,}" for split in splits)]
        for key, words in _LENGTHS.items()
    ]
    findings = [[said("찾은 것", "finding"), *splits]]
    findings += [
        [f"{name}: {said(*FINDINGS[name])}", *(f"{counts[split]:,}" for split in splits)]
        for name, counts in document["findings"].items()
        if any(counts.values())
    ]
    findings.append([said("남길 줄", "rows to keep"), *_counts(document["keep"], splits)])
    right = range(1, len(splits) + 1)
    return [
        *table(_facts(document)),
        "",
        *table(numbers, right=right),
        "",
        *table(findings, right=right),
    ]


_LENGTHS = {
    "median": ("글자 수의 중앙값", "median characters"),
    "up_to_99": ("99 %가 이 글자 수까지", "99 % have up to"),
    "longest": ("가장 긴 글", "longest"),
}


def _facts(document: dict[str, Any]) -> list[list[str]]:
    uneven = document["imbalance"]
    facts = [
        [said("말뭉치", "corpus"), document["corpus"]],
        [said("정리", "cleaning"), document["cleaning"]],
        [
            said("라벨의 치우침", "imbalance"),
            f"{uneven['most']} : {uneven['least']} = {uneven['ratio']:g} : 1",
        ],
    ]
    if uneven["rare"]:
        facts.append([said("드문 라벨", "rare labels"), ", ".join(uneven["rare"])])
    facts += [
        [said("하나인 듯한 라벨", "labels read as one"), ", ".join(map(repr, names))]
        for names in document["label_names"]
    ]
    for split, account in document["rows"].items():
        dropped = dropped_by_reason(account["dropped"]) if account["dropped"] else "0"
        facts.append([f"{said('읽은 줄', 'rows read')} {split}", f"{account['read']:,}"])
        facts.append([f"{said('못 쓴 줄', 'not usable')} {split}", dropped])
    judge = "-"
    if document["judged_by"] is not None:
        right = said("모델의 정확도", "accuracy of the model")
        judge = f"{document['judged_by']}, {right} {document['accuracy']:.4f}"
    facts.append([said("라벨을 살핀 것", "labels judged by"), judge])
    return facts


def _counts(document: dict[str, Any], splits: list[str], *keys: str) -> list[str]:
    cells = []
    for split in splits:
        value = document[split]
        for key in keys:
            value = value.get(key, 0)
        cells.append(f"{value:,}")
    return cells
