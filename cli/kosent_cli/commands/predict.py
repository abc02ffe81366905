"""``kosent predict``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from kosent.language import said
from kosent.models.loading import load_predictor
from kosent.prediction.answers import verdict
from kosent.prediction.predictor import Predictor
from kosent_cli.commands import COMMANDS
from kosent_cli.options import (
    Command,
    bundle_option,
    choose_bundle,
    json_option,
    min_confidence_option,
    page,
)
from kosent_cli.output import emit_json, emit_lines, one_line, say_noted, unsure
from kosent_cli.session import Session, pass_session

if TYPE_CHECKING:
    from kosent.prediction.predictor import Predicted

    Texts = tuple[Sequence[str], Predicted]

STDIN = "-"

EXAMPLES = """\
kosent predict "진짜 재밌는 영화" "돈이 아까웠다"
kosent predict --input reviews.txt --json
cat reviews.txt | kosent predict -
kosent predict --min-confidence 0.8 "배달이 너무 늦었어요"
kosent predict --input reviews.xlsx --output answers.csv
kosent predict --input big.csv.gz --output answers.csv --jobs 4 --resume
kosent predict --input reviews/ --input 'more/*.csv' --output answers/
cat reviews.txt | kosent predict - --jsonl
"""
KOREAN = """\
파일은 .txt(한 줄에 글 하나, 또는 탭으로 나눈 표), .csv, .tsv, .json, .jsonl, .xlsx, .parquet이며
.gz, .bz2, .xz, .zst로 줄여도 됩니다. 열과 구분 기호, 인코딩은 알아내어 알립니다.
출력은 라벨, 확률, 모든 라벨의 확률, 글이며 탭으로 나뉩니다. --output은 이름의 끝대로 씁니다:
.csv, .tsv, .parquet, .xlsx는 입력의 열을 그대로 두고 label, confidence, 라벨마다의 확률, error를
붙이고, .jsonl은 줄마다 JSON 객체 하나입니다. 입력의 한 줄이 결과의 한 줄이며, 읽을 수 없는 줄에는
error를 적고 계속합니다. --min-confidence보다 낮은 확률의 답은 모르겠음이고(표에서는 빈 칸,
JSON에서는 null), top과 confidence가 있습니다. 글마다 라벨이 여럿인 모델은 label과 confidence 대신
문턱을 넘은 모든 라벨을 labels에 씁니다(화면과 표에서는 |로 잇고, 하나도 없으면 화면에 -).
"""
ENGLISH = """\
Files are .txt (one text a line, or a table cut at tabs), .csv, .tsv, .json, .jsonl, .xlsx or
.parquet, packed as .gz, .bz2, .xz or .zst or not. Columns, separator and encoding are found and
told. The output has label, probability, the probabilities of all labels and the text, with tabs
between them. --output writes by the ending of its name: .csv, .tsv, .parquet and .xlsx keep the
input's columns and add label, confidence, the probability of each label and error; .jsonl is one
JSON object a line. Every row of the input has its row; one that cannot be read gets an error, and
it goes on. An answer less probable than --min-confidence is unsure (an empty cell, in JSON null),
and there are top and confidence. A model of several labels a text gives all labels above their
thresholds as labels instead of label and confidence (joined by | on screen and in tables; - on
screen where there are none).
"""


@click.command(
    "predict", cls=Command, help=page(COMMANDS["predict"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("texts", metavar="[TEXT]...", nargs=-1)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="FILE",
    help=said(
        "글이 든 파일(여럿이면 거듭), 폴더, '*.csv' 같은 꼴. -는 표준 입력",
        "file of texts (repeat for more), folder, or pattern such as '*.csv'; - is standard input",
    ),
)
@click.option(
    "--text-column", metavar="NAME", help=said("파일에서 글의 열", "text column of the file")
)
@click.option(
    "--output",
    metavar="FILE",
    help=said(
        "쓸 파일: .csv .tsv .jsonl .parquet .xlsx, -는 표준 출력에 JSON Lines",
        "file to write: .csv .tsv .jsonl .parquet .xlsx, - is JSON lines on standard output",
    ),
)
@click.option(
    "--jsonl",
    "as_lines",
    is_flag=True,
    help=said("줄마다 JSON 객체 하나로 출력", "print one JSON object a line"),
)
@click.option(
    "--resume",
    is_flag=True,
    help=said("--output을 이어서 씁니다", "go on with the file of --output"),
)
@click.option("--jobs", type=int, metavar="N", help=said("파일을 나눌 프로세스", "processes"))
@click.option("--engine", type=click.Choice(["ray"]), help=said("Ray에서 실행", "run on Ray"))
@min_confidence_option
@bundle_option
@json_option
@pass_session
def command(
    session: Session,
    texts: tuple[str, ...],
    inputs: tuple[str, ...],
    text_column: str | None,
    output: str | None,
    as_lines: bool,
    resume: bool,
    jobs: int | None,
    engine: str | None,
    min_confidence: float | None,
    bundle: str | None,
    as_json: bool,
) -> None:
    """Print, or write, label and probabilities of each text."""
    of_files = (inputs, text_column, output, as_lines, resume, jobs is not None, engine)
    if texts not in ((), (STDIN,)) and not any(of_files):
        classifier = load_predictor(choose_bundle(bundle))
        _print(classifier, [(texts, classifier.predict_all(texts))], min_confidence, as_json)
        return
    from kosent.batch.files import are_many
    from kosent_cli import answer_files as files

    if texts == (STDIN,) and not inputs:
        texts, inputs = (), (STDIN,)
    files.check_options(texts, inputs, text_column or jobs or engine, output, resume)
    as_lines = files.are_lines(output, as_lines, resume, as_json)
    if engine or are_many(inputs, output):
        from kosent_cli.many_files import Many

        many = Many(session, text_column, resume, jobs, min_confidence, as_json)
        write = many.write_on_ray if engine else many.write
        write(inputs, None if as_lines else output, lambda: choose_bundle(bundle))
        return
    source = inputs[0] if inputs else None
    target = None if output is None or as_lines else files.target_of(output, resume)
    with files.rows_of(texts, source, text_column, target) as rows:
        path = choose_bundle(bundle)
        classifier = load_predictor(path) if jobs is None else files.pool(path, jobs)
        if as_lines:
            files.emit_answers(classifier, rows, min_confidence)
        elif target is None:
            parts = files.checked_parts(classifier, rows, source)
            _print(classifier, parts, min_confidence, as_json)
        else:
            done = files.write(session, classifier, rows, target, resume, min_confidence)
            files.tell(output, done, as_json)


def _print(
    classifier: Predictor, parts: Iterable[Texts], min_confidence: float | None, as_json: bool
) -> None:
    if min_confidence is not None:
        from kosent.prediction.thresholds import check_answers

        check_answers(min_confidence, classifier.thresholds_ is not None)
    labels = [str(label) for label in classifier.classes_.tolist()]
    shown: list[dict[str, Any]] = []
    blank = cut = 0
    for part in parts:
        answers = _answers(labels, part, min_confidence, classifier.thresholds_)
        blank, cut = blank + len(part[1].blank), cut + len(part[1].cut)
        if as_json:
            shown += answers
        else:
            emit_lines([_line(answer) for answer in answers])
    if as_json:
        emit_json(shown)
    say_noted(blank, cut)


def _answers(
    labels: list[str], part: Texts, min_confidence: float | None, thresholds: list[float] | None
) -> list[dict[str, Any]]:
    texts, (probabilities, blank, _) = part
    rows = zip(texts, probabilities.tolist(), strict=True)
    empty = set(blank)
    return [
        {
            "text": text,
            **verdict(labels, row, min_confidence, blank=number in empty, thresholds=thresholds),
            "probabilities": dict(zip(labels, row, strict=True)),
        }
        for number, (text, row) in enumerate(rows)
    ]


def _line(answer: dict[str, Any]) -> str:
    probabilities = answer["probabilities"]
    every = " ".join(f"{label}={value:.4f}" for label, value in probabilities.items())
    if "labels" in answer:
        labels = unsure() if answer["labels"] is None else "|".join(answer["labels"]) or "-"
        return "\t".join(one_line(cell) for cell in (labels, every, answer["text"]))
    label = unsure() if answer["label"] is None else answer["label"]
    highest = f"{max(probabilities.values()):.4f}"
    return "\t".join(one_line(cell) for cell in (label, highest, every, answer["text"]))
