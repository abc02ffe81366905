"""Explaining texts: chooses the method, divides the texts, and puts together what is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kosent.errors import UsageError, unknown_name
from kosent.explanation.explanation import Explanation, Part
from kosent.explanation.games import Floats, Game, Method, Predict, ask, play
from kosent.explanation.linear import Found, Linear, explain_linear
from kosent.explanation.parts import layout
from kosent.explanation.shapley import leave_one_out, shapley
from kosent.support.checks import check_count, check_switch, choice

METHODS = ("auto", "linear", "shapley", "leave-one-out")
METHOD = choice(*METHODS)
MOST_EVALUATIONS = 1024  # texts with parts left out, of each text
FEWEST_EVALUATIONS = 16
# Of one text: with 10,000 characters all of the above are asked about, with a megabyte 16.
MOST_CHARACTERS = 16_000_000
_TOGETHER = 256  # texts that are explained side by side

_LEAVING_OUT: dict[str, Method] = {"shapley": shapley, "leave-one-out": leave_one_out}


class Model(NamedTuple):
    """What is explained.

    Attributes:
        predict: Gives probabilities ``(n, labels)`` for texts.
        labels: The labels, in the order of the columns.
        several: Whether a text may have several of them.
        linear: The same as a linear model, where it is one.
    """

    predict: Predict
    labels: Sequence[str]
    several: bool
    linear: Linear | None


def explain(
    texts: Sequence[str],
    model: Model,
    *,
    labels: Sequence[str] | None = None,
    method: str = "auto",
    grouped: bool = True,
    evaluations: int = MOST_EVALUATIONS,
) -> list[Explanation]:
    """Explain texts; see ``Predictor.explain``.

    Args:
        texts: Strings.
        model: What is explained.
        labels: The labels that are explained; all without it.
        method: A name in ``METHODS``.
        grouped: Whether neighbouring eojeol that negate are one part.
        evaluations: How often the model may be asked about each text.

    Raises:
        UsageError: If there is no such method or label, or the model is not linear.
    """
    METHOD.check("method", method)
    check_switch("grouped", grouped)
    check_count("evaluations", evaluations, FEWEST_EVALUATIONS)
    columns = _columns(labels, model.labels)
    if method == "linear" and model.linear is None:
        raise _not_linear()
    if method == "auto":
        method = "shapley" if model.linear is None else "linear"
    found: list[Explanation] = []
    for start in range(0, len(texts), _TOGETHER):
        part = texts[start : start + _TOGETHER]
        games = [_game(text, method, grouped, evaluations) for text in part]
        found += _explained(games, model, method, columns)
    return found


def _explained(
    games: Sequence[Game], model: Model, method: str, columns: Sequence[int]
) -> Iterator[Explanation]:
    if method == "linear" and model.linear is not None:
        ask([(game, game.layout.everything) for game in games], model.predict, model.several)
        pairs = explain_linear([game.layout for game in games], model.linear)
    else:
        play(games, _LEAVING_OUT[method], model.predict, model.several)
        pairs = [Found(game.values[0], game.added) for game in games]
    for game, (base, parts) in zip(games, pairs, strict=True):
        yield _explanation(game, base, parts, model.labels, method, columns)


def _explanation(
    game: Game,
    base: Floats,
    parts: Floats,
    labels: Sequence[str],
    method: str,
    columns: Sequence[int],
) -> Explanation:
    text, spans = game.layout.text, game.layout.spans
    residual = game.value - base - parts.sum(axis=0)
    probabilities = game.probabilities

    def named(row: Floats) -> dict[str, float]:
        return {labels[column]: float(row[column]) for column in columns}

    return Explanation(
        text=text,
        method=method,
        label=labels[max(columns, key=lambda column: probabilities[column])],
        probabilities=dict(zip(labels, map(float, probabilities), strict=True)),
        base=named(base),
        parts=tuple(
            Part(start, end, text[start:end], named(row))
            for (start, end), row in zip(spans, parts, strict=True)
        ),
        residual=named(residual),
        evaluations=len(game.values),
    )


def _game(text: str, method: str, grouped: bool, evaluations: int) -> Game:
    """Divide a text into so many parts that the method stays in its bounds."""
    most = max(min(evaluations, MOST_CHARACTERS // max(len(text), 1)), FEWEST_EVALUATIONS)
    parts = {"linear": evaluations, "leave-one-out": most - 2}.get(method, most // 4)
    return Game(layout(text, parts, grouped=grouped), most)


def _columns(labels: Sequence[str] | None, known: Sequence[str]) -> list[int]:
    """Return the columns of labels, in the order of the model's.

    Raises:
        UsageError: If one is not known, or there is none.
    """
    if labels is None:
        return list(range(len(known)))
    if isinstance(labels, str):
        labels = [labels]
    names = [str(label) for label in labels]
    for name in names:
        if name not in known:
            raise unknown_name("라벨", "label", name, known)
    if not names:
        raise UsageError(
            "설명할 라벨이 없습니다. labels를 비우지 말고 빼세요",
            "no label to explain; leave labels out instead of leaving them empty",
        )
    return [column for column, name in enumerate(known) if name in names]


def _not_linear() -> UsageError:
    return UsageError(
        "method='linear'는 n-gram의 점수를 더하는 모델(ngrams)에만 있습니다. 'auto'나 'shapley'를 "
        "쓰세요",
        "method='linear' is for models that add up scores of n-grams (ngrams); use 'auto' or "
        "'shapley'",
    )
