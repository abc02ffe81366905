"""Twenty texts whose probabilities travel with a model.

A bundle that gives other probabilities for them after loading is not the model that was saved.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kosent.support.signed import from_json, to_json

# Weights are float32; another processor or thread count moves probabilities by less than this.
TOLERANCE = 1e-3

# Twenty of 60 characters are written; each that is read is predicted.
_MOST, _LONGEST = 100, 1000

Probes = list[tuple[str, list[float]]]  # texts and their probabilities

PROBES = (
    "정말 재미있고 감동적인 영화였어요",
    "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다",
    "배우들 연기는 좋은데 이야기가 산으로 간다",
    "두 번 봐도 질리지 않네요 ㅎㅎ 강추!!",
    "ㅋㅋㅋㅋㅋㅋㅋ",
    "ㅠㅠㅠㅠ 눈물바다",
    "이걸 영화라고 만들었냐...",
    "나쁘지 않다. 기대 안 하고 봐서 그런가 괜찮음",
    "띄어쓰기없이쓴글도읽을수있어야합니다",
    "최고👍👍 또 보러 갈 거예요",
    "수면제가 필요하신 분께 추천합니다",
    "별점 1점도 아깝다",
    "평점 10점 만점에 3.5점",
    "음악이 다 했다",
    "This was a wonderful film, and I didn't want it to end.",
    "Dull, predictable and far too long.",
    "뷁",
    "",
    "!!!???",
    "가나다라마바사 아자차카타파하 1234567890 abcdefg",
)


def probes_of(probabilities: npt.NDArray[np.float32]) -> Probes:
    """Return the texts with their probabilities ``(20, classes)``."""
    return [(text, row.tolist()) for text, row in zip(PROBES, probabilities, strict=True)]


def write_probes(probes: Probes) -> bytes:
    """Return ``probes.json``."""
    return to_json([{"text": text, "probabilities": values} for text, values in probes])


def read_probes(data: bytes, classes: int) -> Probes:
    """Read ``probes.json``.

    Args:
        data: Its content.
        classes: Number of probabilities that each text must have.

    Raises:
        KeyError: If a text has none.
        TypeError: If it is something else.
        ValueError: Likewise.
    """
    probes = [(probe["text"], probe["probabilities"]) for probe in from_json(data)]
    if len(probes) > _MOST:
        raise ValueError(f"probes.json: {len(probes)} texts")
    for text, values in probes:
        if not isinstance(text, str) or len(text) > _LONGEST or not all(map(_is_share, values)):
            raise ValueError("probes.json: not a short text and probabilities")
        if len(values) != classes:
            raise ValueError(f"probes.json: {len(values)} probabilities for {classes} labels")
    return probes


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 2  # 1 and what float32 adds to it


def probes_differ(probes: Probes, here: npt.NDArray[np.float32]) -> str:
    """Tell by how much the probe texts get other probabilities here than where they were saved.

    Args:
        probes: The texts, with the probabilities of then.
        here: Their probabilities on this machine ``(probes, classes)``.

    Returns:
        The first text that differs by more than the tolerance, with both values; "" if none does.
    """
    there = np.array([values for _, values in probes], np.float32)
    if here.shape != there.shape:
        return f"{here.shape} probabilities, {there.shape} were saved"
    apart = ~(np.abs(here - there) <= TOLERANCE)  # NaN is apart
    if not apart.any():
        return ""
    row, column = (int(place) for place in np.argwhere(apart)[0])
    text = probes[row][0][:20]
    return f"{text!r}: {there[row, column]:.4f} -> {here[row, column]:.4f}"
