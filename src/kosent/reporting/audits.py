"""The report of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kosent.inspection.audited import Audit, Row
from kosent.inspection.findings import FINDINGS
from kosent.reporting.data import NAME, balance_line, labels_table, length_parts, rows_table
from kosent.reporting.page import check_name, write_page
from kosent.reporting.parts import (
    Commands,
    Figure,
    Figures,
    Page,
    Paragraph,
    Part,
    Reader,
    Section,
    Table,
    Wrong,
    Wrongs,
    clipped,
)
from kosent.reporting.wrongs import TEXT, listed_suspects
from kosent.support.paths import user_path

_SUSPECT = "likely wrong label"
_EXAMPLES = 5  # rows of each finding that are shown


def write_audit_report(
    audited: Audit, path: str | Path, *, texts: bool = True, command: str | None = None
) -> Path:
    """Write the report of an audit.

    Args:
        audited: What ``kosent.inspection.audit.audit`` returned.
        path: The file, which is replaced where it exists.
        texts: Whether texts of the data may stand in it.
        command: The command line that made it.

    Returns:
        The file.

    Raises:
        UsageError: If its name does not end in ``.html``.
        RuntimeSetupError: If matplotlib is missing, or the disk refuses.
    """
    check_name(path)
    reader, target = Reader(), user_path(path)
    document = audited.to_dict()
    sections = [
        Section("summary", reader("요약", "Summary"), [_summary(reader, audited, document)]),
        Section("data", reader("자료", "Data"), _data(reader, audited, document)),
        Section("findings", reader("찾은 것", "Findings"), [_findings(reader, document)]),
    ]
    if texts:
        sections += [
            Section("examples", reader("보기", "Examples"), _examples(reader, audited.rows)),
            Section(
                "suspects",
                reader("틀린 듯한 라벨", "Likely wrong labels"),
                _suspects(reader, audited),
            ),
        ]
    if command is not None:
        sections.append(Section("repeat", reader("다시 하기", "Repeat it"), [Commands([command])]))
    title = reader(f"말뭉치 살핌: {audited.corpus}", f"Audit: {audited.corpus}")
    about = reader(f"정리: {audited.cleaning}", f"cleaning: {audited.cleaning}")
    write_page(Page(title, about, sections, texts), target, reader)
    return target


def _summary(reader: Reader, audited: Audit, document: dict[str, Any]) -> Figures:
    found = sum(bool(row.findings) for row in audited.rows)
    kept = sum(document["keep"].values())
    figures = [
        Figure(reader("줄", "rows"), f"{len(audited.rows):,}"),
        Figure(reader("흠이 있는 줄", "rows with a finding"), f"{found:,}"),
        Figure(reader("남길 줄", "rows to keep"), f"{kept:,}"),
    ]
    if audited.accuracy is not None:
        judge = reader("라벨을 살핀 모델", "model that judged labels")
        figures.append(Figure(judge, f"{audited.accuracy:.4f}", audited.judged_by or ""))
    return Figures(figures)


def _data(reader: Reader, audited: Audit, document: dict[str, Any]) -> list[Part]:
    train = [row for row in audited.rows if row.split == "train"]
    parts: list[Part] = [rows_table(reader, document["rows"])]
    if audited.sets is None:
        parts.append(balance_line(reader, [row.label for row in train]))
    for names in document["label_names"]:
        listed = ", ".join(clipped(repr(name), NAME) for name in names)
        line = reader(f"하나인 듯한 라벨: {listed}", f"Labels read as one: {listed}")
        parts.append(Paragraph(line, urgent=True))
    return [
        *parts,
        labels_table(reader, document["labels"]),
        *length_parts(reader, [row.text for row in train]),
    ]


def _findings(reader: Reader, document: dict[str, Any]) -> Table:
    splits = list(document["rows"])
    rows = [
        [reader(*FINDINGS[name]), *(f"{counts[split]:,}" for split in splits)]
        for name, counts in document["findings"].items()
    ]
    rows.append(
        [
            reader("남길 줄 (keep)", "rows to keep"),
            *(f"{document['keep'][each]:,}" for each in splits),
        ]
    )
    return Table(reader("흠마다의 줄", "Rows of each finding"), ["", *splits], rows)


def _examples(reader: Reader, rows: Sequence[Row]) -> list[Part]:
    parts: list[Part] = []
    for name, words in FINDINGS.items():
        having = [row for row in rows if name in row.findings]
        if having and name != _SUSPECT:
            parts.append(Paragraph(f"{reader(*words)} ({len(having):,})"))
            parts.append(Wrongs([_shown(reader, row) for row in having[:_EXAMPLES]]))
    return parts


def _shown(reader: Reader, row: Row) -> Wrong:
    facts = [("", row.split), (reader("라벨", "label"), clipped(row.label, NAME))]
    if row.line is not None:
        facts.append((reader("줄", "line"), f"{row.line:,}"))
    if row.suggested_label is not None:
        facts.append((reader("아마도", "likely"), clipped(row.suggested_label, NAME)))
    return Wrong(clipped(row.text, TEXT), facts)


def _suspects(reader: Reader, audited: Audit) -> list[Part]:
    if audited.judged_by is None:
        return []
    found = [
        (row.text, row.label, row.suggested_label or "", row.probability or 0.0)
        for row in audited.rows
        if _SUSPECT in row.findings
    ]
    return listed_suspects(reader, sorted(found, key=lambda each: -each[3]))
