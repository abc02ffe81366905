"""How far the probabilities can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.metrics.confidence import confidence_scores
from kosent.plotting.coverage import coverage_picture
from kosent.plotting.histogram import confidence_histogram
from kosent.plotting.reliability import reliability_picture
from kosent.reporting.parts import Paragraph, Part, Pictures, Reader, Table


def calibration_parts(
    reader: Reader, confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_], pairs: bool = False
) -> list[Part]:
    """Return calibration error, reliability, coverage, and how sure the answers are.

    Args:
        reader: Who reads it.
        confidences: Probability of the predicted class ``(n,)``.
        right: Whether it is right ``(n,)``.
        pairs: Whether a row is a pair of text and label, of texts that may have several.
    """
    found = confidence_scores(confidences, right)
    line = reader(
        f"보정 오차(ECE) {found.ece:.4f}, 같은 수의 줄로 나누면 {found.ece_equal_mass:.4f}; 평균 "
        f"확률 {found.mean:.4f}, 실제로 맞은 비율 {right.mean():.4f}.",
        f"Calibration error (ECE) {found.ece:.4f}, with bins of equally many rows "
        f"{found.ece_equal_mass:.4f}; mean probability {found.mean:.4f}, share that is right "
        f"{right.mean():.4f}.",
    )
    language = reader.language
    pictures = [reliability_picture(confidences, right, language=language)]
    if pairs:
        note = reader("글과 라벨의 짝마다 셉니다.", "Counted by pairs of text and label.")
        return [Paragraph(f"{line} {note}"), Pictures(pictures)]
    pictures.append(coverage_picture(found.coverage, language=language))
    pictures.append(confidence_histogram(confidences, right, language=language))
    rows = [
        [f"{point.answered:.1%}", f"{point.accuracy:.4f}", f"{point.threshold:.4f}"]
        for point in found.coverage
    ]
    head = [reader("답한 비율", "answered"), reader("정확도", "accuracy"), "--min-confidence"]
    table = Table(reader("확실한 글에만 답할 때", "Where only the surest are answered"), head, rows)
    return [Paragraph(line), Pictures(pictures), table]


def temperature_line(reader: Reader, facts: Mapping[str, Any] | None) -> list[Part]:
    """Say what calibrating did, where it was done with one temperature."""
    if not facts or "temperature" not in facts:
        return []
    before, after = facts["ece_before"], facts["ece_after"]
    return [
        Paragraph(
            reader(
                f"온도 {facts['temperature']:.3f}(으)로 점수를 나누어 보정했습니다: 보정 오차 "
                f"{before:.4f} → {after:.4f}.",
                f"Scores were divided by a temperature of {facts['temperature']:.3f}: calibration "
                f"error {before:.4f} → {after:.4f}.",
            )
        )
    ]
