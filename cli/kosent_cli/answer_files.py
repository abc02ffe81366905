"""The answers of ``kosent predict`` to a file of texts: on stdout, or in a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from kosent.corpora.readers.records import BLANK
from kosent.corpora.readers.rows import STDIN, Row, Rows, open_rows, rows_of_texts
from kosent.errors import DataError, UsageError
from kosent.language import Message
from kosent.models.loading import load_predictor
from kosent.prediction.files import Summary, predict_file, predict_lines, predict_rows
from kosent.prediction.predictor import Predicted, Predictor
from kosent.prediction.writers import check_target, keeps_columns
from kosent.support.paths import user_path
from kosent.support.processes import at_most
from kosent_cli.output import emit, emit_json, say, say_noted
from kosent_cli.progress import display
from kosent_cli.session import Session

STDOUT = "-"

Texts = tuple[Sequence[str], Predicted]


def pool(bundle: Path, jobs: int) -> Predictor:
    """Return a model in several processes, which end with the command.

    One of them is this one, with one thread: a child would share its work with the parent, and take
    more than a processor.
    """
    context = click.get_current_context()
    if jobs == 1:
        context.with_resource(at_most(1))
        return load_predictor(bundle)
    from kosent.batch.pool import Pool

    return context.with_resource(Pool(bundle, jobs, say))


def check_options(
    texts: tuple[str, ...],
    inputs: tuple[str, ...],
    of_a_file: str | int | None,
    output: str | None,
    resume: bool,
) -> None:
    """Refuse options that do not go together.

    Args:
        texts: Those of the command line.
        inputs: As of ``--input``.
        of_a_file: What stands for an option that only files take.
        output: As of ``--output``.
        resume: Whether answers that are there are gone on with.

    Raises:
        UsageError: If they do not.
    """
    if bool(texts) == bool(inputs):
        raise UsageError(
            "글을 인자로 주거나 --input FILE로 지정하세요 (-는 표준 입력). 둘 중 하나만 됩니다",
            "give texts as arguments, or a file with --input FILE (- for stdin), not both",
        )
    is_of_a_file = of_a_file is not None or output not in (None, STDOUT)
    if (is_of_a_file and not inputs) or (resume and output is None):
        raise UsageError(
            "--output, --text-column, --jobs, --engine은 --input과, --resume은 --output과 함께 "
            "씁니다",
            "--output, --text-column, --jobs and --engine go with --input, --resume with --output",
        )


def are_lines(output: str | None, as_lines: bool, resume: bool, as_json: bool) -> bool:
    """Tell whether JSON lines go to stdout, which takes nothing else then."""
    if not (as_lines or output == STDOUT):
        return False
    if output not in (None, STDOUT) or resume or as_json:
        raise UsageError(
            "--jsonl과 --output -는 표준 출력에 쓰므로 --output FILE, --resume, --json과 함께 쓰지 "
            "못합니다",
            "--jsonl and --output - write to standard output, and do not go with --output FILE, "
            "--resume or --json",
        )
    return True


def target_of(output: str, resume: bool) -> Path:
    """Return the file that ``--output`` means, once it is sure that it can be written."""
    target = user_path(output)
    check_target(target, resume=resume)  # before anything is read or loaded
    return target


def rows_of(
    texts: tuple[str, ...], source: str | None, text_column: str | None, target: Path | None
) -> AbstractContextManager[Rows]:
    """Open the texts of the command line, or those of a file with what its output keeps of it."""
    if source is None:
        return nullcontext(rows_of_texts(texts))
    every_column = target is not None and keeps_columns(target)
    return open_rows(source, text_column, every_column=every_column, notice=say)


def write(
    session: Session,
    classifier: Predictor,
    rows: Rows,
    target: Path,
    resume: bool,
    min_confidence: float | None,
) -> Summary:
    """Write the answers to a file, with a bar that shows how far it is."""
    with display(session) as listener:
        return predict_file(
            classifier,
            rows,
            target,
            resume=resume,
            min_confidence=min_confidence,
            listener=listener,
        )


def tell(output: str | None, done: Summary, as_json: bool) -> None:
    """Tell what was written."""
    if as_json:
        emit_json({"output": output, "rows": done.rows, "errors": done.errors})
    else:
        say(
            Message(
                f"{output}: {done.rows:,}줄, 오류 {done.errors:,}",
                f"{output}: rows {done.rows:,}, errors {done.errors:,}",
            )
        )
    say_noted(done.blank, done.cut)


def emit_answers(classifier: Predictor, rows: Rows, min_confidence: float | None) -> None:
    """Write the answers to stdout, as JSON lines."""
    blank = cut = 0
    for block, found in predict_lines(classifier, rows, min_confidence):
        emit(block.removesuffix(b"\n"))
        blank, cut = blank + len(found.blank), cut + len(found.cut)
    say_noted(blank, cut)


def checked_parts(classifier: Predictor, rows: Rows, source: str | None) -> Iterator[Texts]:
    """Give the texts of some thousand rows and their probabilities, once all of them are read.

    Args:
        classifier: A fitted classifier.
        rows: The rows.
        source: Where they come from, for messages.

    Raises:
        DataError: If a row is no text: without --output there is no place to say so and go on.
            A blank line between the rows of a table is passed over.
    """
    number = 0
    for part, found in predict_rows(classifier, rows):
        for row in part:
            number += 1
            if row.fault and row.fault != BLANK:
                raise _unreadable(row, number, "stdin" if source == STDIN else str(source))
        yield [row.text for row in part if not row.fault], found


def _unreadable(row: Row, number: int, name: str) -> DataError:
    return DataError(
        f"'{name}'의 {number:,}번째 글을 읽을 수 없습니다 ({row.line:,}번째 줄: {row.fault}). "
        "--output을 쓰면 그런 줄에 오류를 적고 계속합니다",
        f"text number {number:,} of '{name}' cannot be read (line {row.line:,}: {row.fault}); "
        "with --output such rows get an error and the others go on",
    )
