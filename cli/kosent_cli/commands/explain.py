"""``kosent explain``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kosent.errors import UsageError
from kosent.explanation.explain import METHODS
from kosent.explanation.explanation import signed
from kosent.language import Message, said
from kosent.models.loading import load_predictor
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines, one_line, say, say_noted
from kosent_cli.tables import table

if TYPE_CHECKING:
    from kosent.explanation.explanation import Explanation
    from kosent.prediction.predictor import Predicted, Predictor

STDIN = "-"
_BAR = 16  # cells
_FOR, _AGAINST = "blue", "yellow"
_WEAK, _STRONG = 0.1, 0.5  # of the strongest

EXAMPLES = """\
kosent explain "재미있을 줄 알았는데 완전 실망했다" "연기는 별로 안 좋았다"
kosent explain --html explained.html "영화가 기대보다 훨씬 좋았다"
kosent explain --label positive --json "영화가 기대보다 훨씬 좋았다"
cat reviews.txt | kosent explain -
"""
KOREAN = """\
낱말(어절)마다 라벨의 로그 오즈(log p/(1-p))에 더한 값이며, 글에 쓴 글자 그대로 보입니다. 빈 글의
값과 모든 낱말의 값, 나머지를 더하면 글의 로그 오즈입니다. 이웃하여 부정하는 어절(안 좋다)은 하나로
묶입니다. linear는 n-gram 점수를 더하는 모델의 점수 그대로이고, shapley는 낱말을 빼 보아 얻은 섀플리
값, leave-one-out은 하나씩만 빼 본 값입니다.
"""
ENGLISH = """\
What each word (eojeol) adds to the log-odds of the label, log p/(1-p), in the characters that
were typed. The value of the empty text, those of all words and the residual add up to the log-odds
of the text. Neighbouring eojeol that negate are taken as one. linear is the own scores of a model
that adds up n-grams, shapley the Shapley values from leaving words out, leave-one-out what leaving
out one at a time gives.
"""


@click.command(
    "explain", cls=Command, help=page(COMMANDS["explain"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("texts", metavar="TEXT...", nargs=-1)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="auto",
    help=said("설명하는 방법 (기본: auto)", "how to explain (default: auto)"),
)
@click.option(
    "--label",
    metavar="NAME",
    help=said("설명할 라벨 (기본: 글의 라벨)", "label to explain (default: the text's)"),
)
@click.option(
    "--ungrouped",
    is_flag=True,
    help=said("부정하는 어절도 하나씩", "words that negate one by one too"),
)
@click.option("--html", metavar="FILE", help=said("HTML 파일로도", "write an HTML file too"))
@bundle_option
@json_option
def command(
    texts: tuple[str, ...],
    method: str,
    label: str | None,
    ungrouped: bool,
    html: str | None,
    bundle: str | None,
    as_json: bool,
) -> None:
    """Print what each word adds."""
    if not texts:
        raise UsageError(
            "설명할 글을 인자로 주거나, 한 줄에 글 하나씩 표준 입력으로 주세요 (-)",
            "give texts to explain as arguments, or one a line on standard input (-)",
        )
    classifier = load_predictor(choose_bundle(bundle))
    found: list[Explanation] = []
    blank = cut = 0
    for part, noted in _parts(classifier, texts):
        found += classifier.explain(
            part, labels=None if label is None else [label], method=method, grouped=not ungrouped
        )
        blank, cut = blank + len(noted.blank), cut + len(noted.cut)
    if html is not None:
        _write(html, found)
    if as_json:
        emit_json([each.to_dict() for each in found])
    else:
        emit_lines([line for each in found for line in _lines(each)])
    say_noted(blank, cut)


def _parts(
    classifier: Predictor, texts: tuple[str, ...]
) -> Iterator[tuple[Sequence[str], Predicted]]:
    """Give texts of the command line or of stdin, and what was blank or cut of them."""
    if texts != (STDIN,):
        yield texts, classifier.predict_all(texts)
        return
    from kosent_cli.answer_files import checked_parts, rows_of

    with rows_of((), STDIN, None, None) as rows:
        yield from checked_parts(classifier, rows, STDIN)


def _write(html: str, found: Sequence[Explanation]) -> None:
    from kosent.explanation.html import document
    from kosent.support.files import write_file
    from kosent.support.paths import user_path

    write_file(user_path(html), document(found).encode())
    say(Message(f"{html}: 글 {len(found):,}개", f"{html}: texts {len(found):,}"))


def _lines(explanation: Explanation) -> list[str]:
    label = explanation.label
    values = [part.contributions[label] for part in explanation.parts]
    base, residual = explanation.base[label], explanation.residual[label]
    strongest = max(map(abs, values), default=0.0)
    rows = [[signed(base), "", said("(빈 글)", "(empty text)")]]
    rows += [
        [signed(value), _bar(value, strongest), part.text]
        for value, part in zip(values, explanation.parts, strict=True)
    ]
    if abs(residual) >= 0.005:  # which is shown as 0.01
        rows.append([signed(residual), "", said("(나머지)", "(residual)")])
    rows.append([signed(base + residual + sum(values)), "", said("(글 전체)", "(whole text)")])
    laid = table(rows, right=(0,))
    for place, value in enumerate(values, 1):
        laid[place] = _coloured(laid[place], value, strongest)
    every = " ".join(f"{name}={p:.4f}" for name, p in explanation.probabilities.items())
    unit = said("로그 오즈", "log-odds")
    return [one_line(f"{label}  {every}  {explanation.method}, {unit}"), *laid, ""]


def _bar(value: float, strongest: float) -> str:
    filled = round(abs(value) / strongest * _BAR) if strongest else 0
    return ("█" if value >= 0 else "▒") * filled


def _coloured(line: str, value: float, strongest: float) -> str:
    """Colour a line for people who look at it; click takes colours out of pipes and files."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        return line
    share = abs(value) / strongest if strongest else 0.0
    if share < _WEAK:
        return click.style(line, dim=True)
    return click.style(line, fg=_FOR if value >= 0 else _AGAINST, bold=share >= _STRONG)
