"""``kosent predict``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kosent.classifier import TextClassifier
from kosent.errors import UsageError
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option
from kosent_cli.output import emit_json, emit_lines, one_line, say

STDIN = "-"

HELP = """\
글을 분류합니다 / classify texts.

\b
  kosent predict "진짜 재밌는 영화" "돈이 아까웠다"
  kosent predict --input reviews.txt --json
  cat reviews.txt | kosent predict -

파일과 표준 입력은 한 줄이 글 하나입니다. 출력은 라벨, 확률, 모든 라벨의 확률, 글이며
탭으로 나뉩니다 /
In files and on standard input a line is a text. The output has label, probability, the
probabilities of all labels and the text, with tabs between them.
"""


@click.command("predict", cls=Command, help=HELP)
@click.argument("texts", metavar="[TEXT]...", nargs=-1)
@click.option(
    "--input", "source", metavar="FILE", help="한 줄에 글 하나, -는 표준 입력 / one text a line"
)
@bundle_option
@json_option
def command(texts: tuple[str, ...], source: str | None, bundle: str | None, as_json: bool) -> None:
    """Print label and probabilities of each text."""
    chosen = _texts(texts, source)
    classifier = TextClassifier.load(choose_bundle(bundle))
    labels = [str(label) for label in classifier.classes_.tolist()]
    rows = classifier.predict_proba(chosen).tolist()
    answers = [_answer(text, labels, row) for text, row in zip(chosen, rows, strict=True)]
    if as_json:
        emit_json(answers)
    else:
        emit_lines([_line(answer) for answer in answers])


def _texts(texts: tuple[str, ...], source: str | None) -> list[str]:
    if texts == (STDIN,) and source is None:
        texts, source = (), STDIN
    if bool(texts) == (source is not None):
        raise UsageError(
            "글을 인자로 주거나 --input FILE로 지정하세요 (-는 표준 입력). 둘 중 하나만 됩니다",
            "give texts as arguments, or a file with --input FILE (- for stdin), not both",
        )
    return read_lines(source) if source is not None else list(texts)


def read_lines(source: str) -> list[str]:
    """Read texts, one a line; empty lines are texts too.

    Args:
        source: A file, UTF-8 or CP949, or ``-`` for stdin.

    Raises:
        DataError: If it cannot be read or decoded.
    """
    from kosent.corpora.text_encoding import decode, read_bytes, split_lines

    data = _read_stdin() if source == STDIN else read_bytes(Path(source))
    text, notices = decode(data, "stdin" if source == STDIN else source)
    for notice in notices:
        say(notice)
    return split_lines(text)


def _read_stdin() -> bytes:
    from kosent.corpora.text_encoding import unreadable

    try:
        return sys.stdin.buffer.read() if sys.stdin is not None else b""
    except OSError as error:
        raise unreadable(Path("/dev/stdin"), error) from error


def _answer(text: str, labels: list[str], row: list[float]) -> dict[str, Any]:
    best = max(range(len(row)), key=row.__getitem__)
    probabilities = dict(zip(labels, row, strict=True))
    return {"text": text, "label": labels[best], "probabilities": probabilities}


def _line(answer: dict[str, Any]) -> str:
    probabilities = answer["probabilities"]
    every = " ".join(f"{label}={value:.4f}" for label, value in probabilities.items())
    best = f"{probabilities[answer['label']]:.4f}"
    return "\t".join(one_line(cell) for cell in (answer["label"], best, every, answer["text"]))
