"""``kosent predict``."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from kosent.errors import DataError, UsageError
from kosent.models.loading import load_predictor
from kosent.prediction.answers import verdict
from kosent.prediction.predictor import Predictor
from kosent.support.files import user_path
from kosent.support.language import Message, said
from kosent.text.stream import chunks
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
    from kosent.corpora.readers.texts import BadRow, Rows

STDIN = "-"
_ROWS = 4096  # checked before the first answer is printed

EXAMPLES = """\
kosent predict "진짜 재밌는 영화" "돈이 아까웠다"
kosent predict --input reviews.txt --json
cat reviews.txt | kosent predict -
kosent predict --min-confidence 0.8 "배달이 너무 늦었어요"
kosent predict --input big.csv.gz --output answers.jsonl
kosent predict --input big.csv.gz --output answers.jsonl --resume
"""
KOREAN = """\
파일은 .txt(한 줄에 글 하나), .tsv, .csv, .jsonl, .parquet이며 .gz로 줄여도 됩니다.
출력은 라벨, 확률, 모든 라벨의 확률, 글이며 탭으로 나뉩니다. --output은 줄마다 JSON 객체
하나를 쓰고, 읽을 수 없는 줄에는 error를 적고 계속합니다. --min-confidence보다 낮은 확률의 답은
모르겠음이고, JSON에서는 label이 null이며 top과 confidence가 있습니다.
"""
ENGLISH = """\
Files are .txt (one text a line), .tsv, .csv, .jsonl or .parquet, gzipped or not. The output has
label, probability, the probabilities of all labels and the text, with tabs between them. --output
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
        _print(load_predictor(choose_bundle(bundle)), iter(texts), min_confidence, as_json)
        return
    from kosent.corpora.readers.texts import open_rows

    with open_rows(source, text_column) as rows:
        if output is None:
            checked = _checked(rows.rows, source)
            _print(load_predictor(choose_bundle(bundle)), checked, min_confidence, as_json)
            _say_encoding(rows, source)
            return
        from kosent.prediction.files import predict_file
        from kosent_cli.progress import display

        classifier = load_predictor(choose_bundle(bundle))
        with display(session) as listener:
            done = predict_file(
                classifier,
                rows,
                user_path(output),
                resume=resume,
                min_confidence=min_confidence,
                listener=listener,
            )
        _say_encoding(rows, source)
    if as_json:
        emit_json({"output": output, "rows": done.rows, "errors": done.errors})
    else:
        say(
            Message(
                f"{output}: {done.rows:,}줄, 오류 {done.errors:,}",
                f"{output}: rows {done.rows:,}, errors {done.errors:,}",
            )
        )


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


def _say_encoding(rows: Rows, source: str) -> None:
    if rows.encoding() == "cp949":
        say(
            Message(
                f"'{source}'은(는) UTF-8이 아니어서 CP949로 읽었습니다",
                f"'{source}' is not UTF-8 and was read as CP949",
            )
        )


def _checked(rows: Iterator[str | BadRow], source: str) -> Iterator[str]:
    """Give the texts; the first thousands of them are read before any answer is printed.

    Raises:
        DataError: If a row is no text: without --output there is no place to say so and go on.
    """
    from itertools import islice

    texts = _texts(rows, source)
    return chain(list(islice(texts, _ROWS)), texts)


def _texts(rows: Iterator[str | BadRow], source: str) -> Iterator[str]:
    name = "stdin" if source == STDIN else source
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, str):
            raise DataError(
                f"'{name}'의 {number:,}번째 글을 읽을 수 없습니다 ({row.reason}). "
                "--output을 쓰면 그런 줄에 오류를 적고 계속합니다",
                f"text number {number:,} of '{name}' cannot be read ({row.reason}); "
                "with --output such rows get an error and the others go on",
            )
        yield row


def _print(
    classifier: Predictor, texts: Iterator[str], min_confidence: float | None, as_json: bool
) -> None:
    noted: Counter[str] = Counter()
    answers = _answers(classifier, texts, min_confidence, noted)
    if as_json:
        emit_json([answer for part in answers for answer in part])
    else:
        for part in answers:
            emit_lines([_line(answer) for answer in part])
    say_noted(noted["blank"], noted["cut"])


def _answers(
    classifier: Predictor,
    texts: Iterator[str],
    min_confidence: float | None,
    noted: Counter[str],
) -> Iterator[list[dict[str, Any]]]:
    labels = [str(label) for label in classifier.classes_.tolist()]
    waiting: deque[list[str]] = deque()

    def parts() -> Iterator[list[str]]:
        for part in chunks(texts):
            waiting.append(part)
            yield part

    for probabilities, blank, cut in classifier.predict_noted(parts()):
        noted.update(blank=len(blank), cut=len(cut))
        empty = set(blank)
        yield [
            {
                "text": text,
                **verdict(labels, row, min_confidence, blank=number in empty),
                "probabilities": dict(zip(labels, row, strict=True)),
            }
            for number, (text, row) in enumerate(
                zip(waiting.popleft(), probabilities.tolist(), strict=True)
            )
        ]


def _line(answer: dict[str, Any]) -> str:
    probabilities = answer["probabilities"]
    every = " ".join(f"{label}={value:.4f}" for label, value in probabilities.items())
    label = unsure() if answer["label"] is None else answer["label"]
    highest = f"{max(probabilities.values()):.4f}"
    return "\t".join(one_line(cell) for cell in (label, highest, every, answer["text"]))
