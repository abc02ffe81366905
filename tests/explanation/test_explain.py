"""``Predictor.explain`` on a predictor that counts letters, and on the packaged model."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.errors import DataError, UsageError
from kosent.explanation import explain as module
from kosent.explanation.explain import METHODS
from kosent.explanation.explanation import Explanation
from kosent.models.loading import load_predictor
from kosent.models.pretrained import pretrained_path
from kosent.prediction.predictor import Predicted, Predictor


class Letters(Predictor):
    """Finds a text good the more of its words begin like ``좋다``, unless it says ``안``."""

    def __init__(self, several: bool = False) -> None:
        self.classes_ = np.array(["bad", "good", "long"])
        self.thresholds_ = [0.5] * 3 if several else None
        self.info_ = {}
        self.asked: list[str] = []

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for part in parts:
            self.asked += part
            scores = np.array([self._scores(text) for text in part], np.float64).reshape(-1, 3)
            if self.thresholds_ is not None:
                found = 1 / (1 + np.exp(-scores))
            else:
                found = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
            blank = [row for row, text in enumerate(part) if not text.strip()]
            yield Predicted(found.astype(np.float32), blank, [])

    @staticmethod
    def _scores(text: str) -> list[float]:
        words = unicodedata.normalize("NFC", text).split()
        good = min(sum(word.startswith("좋") for word in words), 4)
        good *= -1 if "안" in words else 1
        return [0.3 - good, good, min(len(words), 9) / 3 - 1]


@pytest.fixture(scope="module")
def packaged() -> Predictor:
    return load_predictor(pretrained_path())


def holds(found: Explanation, text: str) -> None:
    """Hold what the contract says of every explanation."""
    document = found.to_dict()
    assert document["text"] == text
    assert document["unit"] == "log-odds"
    end = 0
    for part in document["parts"]:
        assert end <= part["start"] < part["end"]
        assert not text[end : part["start"]].strip()
        assert text[part["start"] : part["end"]] == part["text"]
        end = part["end"]
    assert not text[end:].strip()
    for label, p in document["probabilities"].items():
        if label not in document["base"]:
            continue
        added = sum(part["contributions"][label] for part in document["parts"])
        whole = document["base"][label] + added + document["residual"][label]
        assert whole == pytest.approx(np.log(p / (1 - p)), abs=1e-4)


@settings(max_examples=50)
@given(
    st.data(),
    st.sampled_from(["auto", "shapley", "leave-one-out"]),
    st.booleans(),
    st.booleans(),
)
def test_what_is_explained_is_the_text_as_typed(
    typed: st.SearchStrategy[str],
    data: st.DataObject,
    method: str,
    grouped: bool,
    several: bool,
) -> None:
    text = data.draw(typed)
    model = Letters(several)
    (found,) = model.explain([text], method=method, grouped=grouped)
    holds(found, text)
    assert model.explain([text], method=method, grouped=grouped) == [found]
    if found.method == "shapley":
        assert max(map(abs, found.residual.values())) < 1e-9


@settings(max_examples=15)
@given(st.data())
def test_the_packaged_model(
    packaged: Predictor, typed: st.SearchStrategy[str], data: st.DataObject
) -> None:
    texts = data.draw(st.lists(typed, max_size=4))
    for text, found in zip(texts, packaged.explain(texts), strict=True):
        holds(found, text)


def test_texts_together_get_what_each_gets_alone(packaged: Predictor) -> None:
    texts = ["연기는 좋은데 결말이 별로", "", "정말 안 좋다", "연기는 좋은데 결말이 별로"]
    together = packaged.explain(texts)
    for text, found in zip(texts, together, strict=True):
        (alone,) = packaged.explain([text])
        for part, other in zip(found.parts, alone.parts, strict=True):
            assert part.contributions == pytest.approx(other.contributions, abs=1e-4)


def test_the_sentence_that_turns() -> None:
    text = "배우는 좋다 그러나 음악이 안 좋다"
    (found,) = Letters().explain([text], method="shapley")
    assert [part.text for part in found.parts][-1] == "안 좋다"
    added = [part.contributions["good"] for part in found.parts]
    assert min(added) == added[-1] < -1
    (apart,) = Letters().explain([text], method="shapley", grouped=False)
    assert [part.text for part in apart.parts] == text.split()


def test_labels() -> None:
    (found,) = Letters().explain(["좋다 정말"], labels=["bad"])
    assert found.label == "bad"
    assert set(found.base) == set(found.residual) == set(found.parts[0].contributions) == {"bad"}
    assert set(found.probabilities) == {"bad", "good", "long"}
    (found,) = Letters().explain(["좋다 정말"])
    assert found.label == "good"
    assert list(found.base) == ["bad", "good", "long"]


def test_blank_texts_have_no_parts() -> None:
    for method in ("shapley", "leave-one-out"):
        for found in Letters().explain(["", " \n"], method=method):
            assert found.parts == ()
            assert found.residual == pytest.approx(dict.fromkeys(found.base, 0.0))
    assert Letters().explain([]) == []


def test_what_is_refused() -> None:
    model = Letters()
    with pytest.raises(UsageError, match="list of strings"):
        model.explain("글")
    with pytest.raises(DataError, match="text number 1"):
        model.explain([3])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="Did you mean 'good'"):
        model.explain(["글"], labels=["goood"])
    with pytest.raises(UsageError, match="no label"):
        model.explain(["글"], labels=[])
    with pytest.raises(UsageError, match="method"):
        model.explain(["글"], method="lime")
    with pytest.raises(UsageError, match="models that add up scores"):
        model.explain(["글"], method="linear")
    with pytest.raises(UsageError, match="evaluations"):
        model.explain(["글"], evaluations=15)
    assert model.asked == []


@pytest.mark.parametrize("evaluations", [16, 100, 1024])
def test_long_texts_ask_no_more_than_they_may(evaluations: int) -> None:
    text = " ".join(f"좋은말{number}" for number in range(5000))
    for method in ("shapley", "leave-one-out"):
        model = Letters()
        (found,) = model.explain([text], method=method, evaluations=evaluations)
        holds(found, text)
        assert found.evaluations <= evaluations
        assert len(model.asked) <= evaluations


def test_very_long_texts_ask_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHARACTERS", 100_000)
    model = Letters()
    text = "좋은 말 " * 1000
    (found,) = model.explain([text])
    holds(found, text)
    assert len(model.asked) <= 100_000 // len(text) + 1


def test_what_is_given_is_json() -> None:
    (found,) = Letters().explain(["좋다 \ud83d"])
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert found.method in METHODS


def test_as_text() -> None:
    lines = str(Letters().explain(["좋다 정말"])[0]).split("\n")
    assert lines[0].startswith("good 0.")
    assert [line.split()[1] for line in lines[1:]] == ["좋다", "정말"]
    assert lines[1].startswith("+")


def test_saved_models_of_all_kinds() -> None:
    golden = Path(__file__).parents[1] / "golden"
    for name in ("format-2-gru", "format-3-gru.kosent", "ensemble-1.kosent", "ensemble-2.kosent"):
        (found,) = load_predictor(golden / name).explain(["영화가 별로 재미 없다"])
        assert found.method == "shapley"
        holds(found, "영화가 별로 재미 없다")
