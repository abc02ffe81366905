"""The worst mistakes with explanations, and labels that are likely wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.explanation.explanation import Explanation
from kosent.inspection import suspects as judging
from kosent.prediction.estimator import Estimator
from kosent.prediction.mistakes import Mistake
from kosent.reporting.data import NAME
from kosent.reporting.parts import Paragraph, Part, Reader, Wrong, Wrongs, clipped

WORST = 20  # mistakes that are shown
SUSPECTS = 30
_EXPLAINED = 8  # of the mistakes; the slowest packaged models take a twentieth of a second a text
_EVALUATIONS = 128  # texts with parts left out that an explanation may ask about
_EXPLAINABLE = 400  # characters of a text that is explained
TEXT = 600  # characters of a text that are shown


def mistake_parts(
    reader: Reader,
    mistakes: Sequence[Mistake],
    lines: Sequence[int] | None,
    model: Estimator | None,
    learned: bool,
) -> list[Part]:
    """Return the worst mistakes.

    Args:
        reader: Who reads them.
        mistakes: The surest first.
        lines: Where each text stands in its file, by ``Mistake.row``, where that is known.
        model: The model, which explains some of them; ``None`` where it cannot.
        learned: Whether the model has learned these texts since, as that of ``auto`` has.
    """
    worst = mistakes[:WORST]
    if not worst:
        return [Paragraph(reader("틀린 글이 없습니다.", "There are no mistakes."))]
    explained = {} if model is None else _explained(model, worst)
    line = reader(
        f"틀린 글 {len(mistakes):,}개 가운데 가장 확신한 {len(worst)}개입니다.",
        f"The {len(worst)} surest of {len(mistakes):,} mistakes.",
    )
    if explained:
        line += " " + reader(
            "낱말의 색은 저장된 모델에서 그 라벨에 보탠 것입니다.",
            "The colour of a word is what it adds to that label in the saved model.",
        )
    if explained and learned:
        line += " " + reader(
            "틀린 답은 이 글을 보지 못한 모델의 것이고, 저장된 모델은 그 뒤 이 글도 배워서 답이 "
            "다를 수 있습니다.",
            "The wrong answers are of models that had not seen these texts; the saved model has "
            "learned them since, and may answer otherwise.",
        )
    wrong = [
        Wrong(clipped(each.text, TEXT), _facts(reader, each, lines), explained.get(each.row, ""))
        for each in worst
    ]
    return [Paragraph(line), Wrongs(wrong)]


def _facts(reader: Reader, each: Mistake, lines: Sequence[int] | None) -> list[tuple[str, str]]:
    facts = [
        (reader("라벨", "label"), clipped(str(each.label), NAME)),
        (reader("예측", "predicted"), clipped(str(each.predicted), NAME)),
        (reader("확률", "probability"), f"{each.confidence:.4f}"),
    ]
    if lines is not None:
        facts.append((reader("줄", "line"), f"{lines[each.row]:,}"))
    return facts


def _explained(model: Estimator, worst: Sequence[Mistake]) -> dict[int, str]:
    """Return the explanations of some of them as HTML, by their rows."""
    chosen = [each for each in worst if len(each.text) <= _EXPLAINABLE][:_EXPLAINED]
    found = model.explain([each.text for each in chosen], evaluations=_EVALUATIONS)
    return {each.row: _html(each, made) for each, made in zip(chosen, found, strict=True)}


def _html(each: Mistake, made: Explanation) -> str:
    """Return what speaks for the wrong answer; of several labels, for the surest one."""
    predicted = str(each.predicted)
    return made.to_html(predicted if predicted in made.probabilities else None)


def suspect_parts(
    reader: Reader,
    texts: Sequence[str],
    classes: Sequence[Any],
    numbers: npt.NDArray[np.int32],
    probabilities: npt.NDArray[np.float32],
) -> list[Part]:
    """Return the texts whose label is likely wrong, by answers of a model that had not seen them.

    Args:
        reader: Who reads them.
        texts: ``n`` texts.
        classes: The labels.
        numbers: Class numbers of the texts' labels ``(n,)``.
        probabilities: ``(n, classes)``.
    """
    there, places = np.unique(numbers, return_inverse=True)  # of a label without a text: nothing
    if len(texts) < judging.LEAST_TEXTS or len(there) < 2:
        return []
    if not judging.can_judge():
        missing = judging.not_installed()
        return [Paragraph(reader(missing.korean, missing.english))]
    known = probabilities[:, there].astype(np.float64)
    shares = known / np.maximum(known.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    wrong = judging.issues(places.astype(np.int32), shares)
    suggested, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    rows = np.flatnonzero(wrong & (suggested != numbers))
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    found = [
        (texts[row], str(classes[numbers[row]]), str(classes[suggested[row]]), float(sure[row]))
        for row in rows.tolist()
    ]
    return listed_suspects(reader, found)


def listed_suspects(reader: Reader, found: Sequence[tuple[str, str, str, float]]) -> list[Part]:
    """Return texts whose label is likely wrong.

    Args:
        reader: Who reads them.
        found: Text, label, suggested label and its probability of each, the surest first.
    """
    if not found:
        return [Paragraph(reader("틀린 듯한 라벨이 없습니다.", "No label looks wrong."))]
    shown = [
        Wrong(
            clipped(text, TEXT),
            [
                (reader("라벨", "label"), clipped(label, NAME)),
                (reader("아마도", "likely"), clipped(other, NAME)),
                (reader("확률", "probability"), f"{sure:.4f}"),
            ],
        )
        for text, label, other, sure in found[:SUSPECTS]
    ]
    line = reader(
        f"{len(found):,}개의 라벨이 틀린 듯합니다. 그 글을 배우지 않은 모델의 확률을 확신 학습"
        "(Northcutt 등 2021)으로 판단한 것이며, 사람이 보아야 합니다.",
        f"{len(found):,} labels look wrong, as confident learning (Northcutt et al. 2021) judges "
        "by the probabilities of a model that has not learned the text; a person has to look.",
    )
    return [Paragraph(line), Wrongs(shown)]
