"""``kosent trace``."""

from __future__ import annotations

import click

from kosent.language import language, said
from kosent.models.loading import load_predictor
from kosent.prediction.answers import verdict
from kosent.prediction.thresholds import check_answers
from kosent_cli.commands import COMMANDS
from kosent_cli.options import (
    Command,
    bundle_option,
    choose_bundle,
    json_option,
    min_confidence_option,
    page,
)
from kosent_cli.output import emit_json, emit_lines, say_noted, unsure
from kosent_cli.tables import table

_BAR = 20  # cells

EXAMPLES = 'kosent trace "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"'
KOREAN = """\
한 줄에 낱말 하나씩, 막대는 글 전체의 라벨이 될 확률입니다. --min-confidence를 주면 거기까지의
라벨이나 모르겠음도 보입니다.
"""
ENGLISH = """\
One word a line; the bar is the probability of the whole text's label. --min-confidence adds the
label so far, or unsure.
"""


@click.command(
    "trace", cls=Command, help=page(COMMANDS["trace"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("text")
@min_confidence_option
@bundle_option
@click.option(
    "--picture",
    metavar="FILE",
    help=said("확률을 PNG나 SVG 그림으로", "draw the probabilities, as PNG or SVG"),
)
@json_option
def command(
    text: str,
    min_confidence: float | None,
    bundle: str | None,
    picture: str | None,
    as_json: bool,
) -> None:
    """Print the probabilities of each prefix."""
    classifier = load_predictor(choose_bundle(bundle))
    check_answers(min_confidence, classifier.thresholds_ is not None)
    labels = [str(label) for label in classifier.classes_.tolist()]
    steps = [(prefix, row.tolist()) for prefix, row in classifier.trace(text)]
    _, blank, cut = classifier.predict_all([text])
    if picture is not None:
        _draw(picture, steps, labels)
    if as_json:
        emit_json(
            [
                {
                    "prefix": prefix,
                    **({} if min_confidence is None else verdict(labels, row, min_confidence)),
                    "probabilities": dict(zip(labels, row, strict=True)),
                }
                for prefix, row in steps
            ]
        )
    else:
        emit_lines(_lines(labels, steps, min_confidence))
    say_noted(len(blank), len(cut))


def _draw(picture: str, steps: list[tuple[str, list[float]]], labels: list[str]) -> None:
    from kosent.plotting.trace import trace_picture
    from kosent.support.files import write_file
    from kosent.support.paths import user_path

    path = user_path(picture)
    write_file(path, trace_picture(steps, labels, language=language()).file(path.suffix))


def _lines(
    labels: list[str], steps: list[tuple[str, list[float]]], min_confidence: float | None
) -> list[str]:
    last = steps[-1][1]
    final = last.index(max(last))
    rows = [["", *labels, labels[final]]]
    if min_confidence is not None:
        rows[0].append(said("라벨", "label"))
    before = ""
    for prefix, row in steps:
        # The words that are new, not the whole prefix: a long text would fill the screen.
        new = prefix.removeprefix(before).strip()
        rows.append([new, *(f"{value:.4f}" for value in row), _bar(row[final])])
        if min_confidence is not None:
            label = verdict(labels, row, min_confidence)["label"]
            rows[-1].append(unsure() if label is None else label)
        before = prefix
    return table(rows, right=range(1, len(labels) + 1))


def _bar(share: float) -> str:
    filled = round(share * _BAR)
    return "█" * filled + "·" * (_BAR - filled)
