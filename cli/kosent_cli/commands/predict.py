"""``kosent predict``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from kosent.errors import DataError, UsageError
from kosent.language import Message, said
from kosent.models.loading import load_predictor
from kosent.prediction.answers import verdict
from kosent.prediction.predictor import Predictor
from kosent.support.files import user_path
from kosent_cli.commands import COMMANDS
from kosent_cli.options import (
    Command,
    bundle_option,
    choose_bundle,
    json_option,
    min_confidence_option,
    page,
)
from kosent_cli.output import emit_json, emit_lines, one_line, say, say_noted, unsure
from kosent_cli.session import Session, pass_session

if TYPE_CHECKING:
    from kosent.corpora.readers.rows import Row
    from kosent.prediction.files import Answers
    from kosent.prediction.predictor import Predicted

    Part = tuple[Sequence[str], Predicted]

STDIN = "-"
BLANK = "blank line"

EXAMPLES = """\
kosent predict "진짜 재밌는 영화" "돈이 아까웠다"
kosent predict --input reviews.txt --json
cat reviews.txt | kosent predict -
kosent predict --min-confidence 0.8 "배달이 너무 늦었어요"
kosent predict --input big.csv.gz --output answers.jsonl
kosent predict --input big.csv.gz --output answers.jsonl --resume
"""
KOREAN = """\
파일은 .txt(한 줄에 글 하나, 또는 탭으로 나눈 표), .csv, .tsv, .json, .jsonl, .xlsx, .parquet이며
.gz, .bz2, .xz, .zst로 줄여도 됩니다. 열과 구분 기호, 인코딩은 알아내어 알립니다.
출력은 라벨, 확률, 모든 라벨의 확률, 글이며 탭으로 나뉩니다. --output은 줄마다 JSON 객체
하나를 쓰고, 읽을 수 없는 줄에는 error를 적고 계속합니다. --min-confidence보다 낮은 확률의 답은
모르겠음이고, JSON에서는 label이 null이며 top과 confidence가 있습니다.
"""
ENGLISH = """\
Files are .txt (one text a line, or a table cut at tabs), .csv, .tsv, .json, .jsonl, .xlsx or
.parquet, packed as .gz, .bz2, .xz or .zst or not. Columns, separator and encoding are found and
told. The output has label, probability, the probabilities of all labels and the text, with tabs
between them. --output
writes one JSON object a line, with an error for a row that cannot be read, and goes on. An answer
less probable than --min-confidence is unsure; in JSON its label is null, and there are top and
confidence.
"""


@click.command(
    "predict", cls=Command, help=page(COMMANDS["predict"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("texts", metavar="[TEXT]...", nargs=-1)
@click.option(
    "--input",
    "source",
    metavar="FILE",
    help=said("글이 든 파일, -는 표준 입력", "file of texts, - is standard input"),
)
@click.option(
    "--text-column", metavar="NAME", help=said("파일에서 글의 열", "text column of the file")
)
@click.option(
    "--output", metavar="FILE", help=said("JSON Lines로 쓸 파일", "file to write, as JSON lines")
)
@click.option(
    "--resume",
    is_flag=True,
    help=said("--output을 이어서 씁니다", "go on with the file of --output"),
)
@min_confidence_option
@bundle_option
@json_option
@pass_session
def command(
    session: Session,
    texts: tuple[str, ...],
    source: str | None,
    text_column: str | None,
    output: str | None,
    resume: bool,
    min_confidence: float | None,
    bundle: str | None,
    as_json: bool,
) -> None:
    """Print, or write, label and probabilities of each text."""
    if texts == (STDIN,) and source is None:
        texts, source = (), STDIN
    _check_options(texts, source, output, resume)
    if source is None:
        classifier = load_predictor(choose_bundle(bundle))
        _print(classifier, [(texts, classifier.predict_all(texts))], min_confidence, as_json)
        return
    from kosent.corpora.readers.rows import open_rows
    from kosent.prediction.files import predict_file, predict_rows
    from kosent_cli.progress import display

    with open_rows(source, text_column, notice=say) as rows:
        classifier = load_predictor(choose_bundle(bundle))
        if output is None:
            parts = _checked(predict_rows(classifier, rows), source)
            _print(classifier, parts, min_confidence, as_json)
            return
        with display(session) as listener:
            done = predict_file(
                classifier,
                rows,
                user_path(output),
                resume=resume,
                min_confidence=min_confidence,
                listener=listener,
            )
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


def _check_options(
    texts: tuple[str, ...], source: str | None, output: str | None, resume: bool
) -> None:
    if bool(texts) == (source is not None):
        raise UsageError(
            "글을 인자로 주거나 --input FILE로 지정하세요 (-는 표준 입력). 둘 중 하나만 됩니다",
            "give texts as arguments, or a file with --input FILE (- for stdin), not both",
        )
    if (output is not None and source is None) or (resume and output is None):
        raise UsageError(
            "--output은 --input과, --resume은 --output과 함께 씁니다",
            "--output goes with --input, and --resume with --output",
        )


def _checked(parts: Iterator[Answers], source: str) -> Iterator[Part]:
    """Give the texts of some thousand rows and their probabilities, once all of them are read.

    Raises:
        DataError: If a row is no text: without --output there is no place to say so and go on.
            A blank line between the rows of a table is passed over.
    """
    number = 0
    for rows, found in parts:
        for row in rows:
            number += 1
            if row.fault and row.fault != BLANK:
                raise _unreadable(row, number, "stdin" if source == STDIN else source)
        yield [row.text for row in rows if not row.fault], found


def _unreadable(row: Row, number: int, name: str) -> DataError:
    return DataError(
        f"'{name}'의 {number:,}번째 글을 읽을 수 없습니다 ({row.line:,}번째 줄: {row.fault}). "
        "--output을 쓰면 그런 줄에 오류를 적고 계속합니다",
        f"text number {number:,} of '{name}' cannot be read (line {row.line:,}: {row.fault}); "
        "with --output such rows get an error and the others go on",
    )


def _print(
    classifier: Predictor, parts: Iterable[Part], min_confidence: float | None, as_json: bool
) -> None:
    labels = [str(label) for label in classifier.classes_.tolist()]
    shown: list[dict[str, Any]] = []
    blank = cut = 0
    for part in parts:
        answers = _answers(labels, part, min_confidence)
        blank, cut = blank + len(part[1].blank), cut + len(part[1].cut)
        if as_json:
            shown += answers
        else:
            emit_lines([_line(answer) for answer in answers])
    if as_json:
        emit_json(shown)
    say_noted(blank, cut)


def _answers(labels: list[str], part: Part, min_confidence: float | None) -> list[dict[str, Any]]:
    texts, (probabilities, blank, _) = part
    rows = zip(texts, probabilities.tolist(), strict=True)
    empty = set(blank)
    return [
        {
            "text": text,
            **verdict(labels, row, min_confidence, blank=number in empty),
            "probabilities": dict(zip(labels, row, strict=True)),
        }
        for number, (text, row) in enumerate(rows)
    ]


def _line(answer: dict[str, Any]) -> str:
    probabilities = answer["probabilities"]
    every = " ".join(f"{label}={value:.4f}" for label, value in probabilities.items())
    label = unsure() if answer["label"] is None else answer["label"]
    highest = f"{max(probabilities.values()):.4f}"
    return "\t".join(one_line(cell) for cell in (label, highest, every, answer["text"]))
