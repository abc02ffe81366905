"""What an answer needs: a confidence, or a threshold of each label where a text has several."""

from __future__ import annotations

from kosent.errors import UsageError


def check_answers(min_confidence: float | None, several: bool) -> None:
    """Refuse a confidence that is no probability, or one where each label has its threshold.

    Raises:
        UsageError: If it is.
    """
    if min_confidence is None:
        return
    from kosent.prediction.min_confidence import check_min_confidence

    check_min_confidence(min_confidence)
    if several:
        raise UsageError(
            "글마다 라벨이 여럿인 모델에는 라벨마다 문턱이 있어 min_confidence를 쓰지 않습니다",
            "a model of several labels a text has a threshold for each label; leave out "
            "min_confidence",
        )
