"""Options of commands that write a report for people, and what becomes of one that fails."""

from __future__ import annotations

from pathlib import Path

import click

from kosent.language import said
from kosent_cli.corpus_options import GroupedOption
from kosent_cli.options import Function
from kosent_cli.output import say
from kosent_cli.session import Session


def report_options(function: Function) -> Function:
    """Add ``--report`` and ``--no-texts``."""
    return click.option(
        "--report",
        type=click.Path(path_type=Path),
        metavar="FILE.html",
        help=said("사람이 읽을 보고서를 쓸 파일", "file for a report that people read"),
    )(no_texts_option(function))


def no_texts_option(function: Function) -> Function:
    """Add ``--no-texts``."""
    return click.option(
        "--no-texts",
        is_flag=True,
        cls=GroupedOption,
        group="output",
        help=said("보고서에서 자료의 글을 뺌", "leave texts of the data out of the report"),
    )(function)


def write_of_run(session: Session, folder: Path, texts: bool, command: str | None) -> Path | None:
    """Write ``report.html`` of a finished run; one that fails is one line, and no more.

    Args:
        session: The call.
        folder: The run folder.
        texts: Whether texts of the data may stand in it.
        command: What made the run, where this call did.

    Returns:
        The file; ``None`` where it failed.
    """
    try:
        from kosent.reporting import write_run_report

        return write_run_report(folder, texts=texts, command=command)
    except Exception as error:  # hours of training are worth more than their report
        session.check()
        reason = f"{type(error).__name__}: {error}"
        say(said(f"보고서를 쓰지 못했습니다 ({reason})", f"could not write the report ({reason})"))
        return None


def say_written(path: Path) -> None:
    """Tell where a report was written."""
    say(said(f"보고서: '{path}'", f"report: '{path}'"))
