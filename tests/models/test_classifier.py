from __future__ import annotations

import inspect
import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kosent import TextClassifier
from kosent.architectures import ARCHITECTURES
from kosent.bundles.model import read
from kosent.errors import DataError, KosentError, UsageError
from kosent.metrics.confidence import confidence_scores
from kosent.models import steps
from kosent.support.progress import Silent
from kosent.text.tokenizers import Whitespace

Reviews = tuple[list[str], list[str]]

ODD_TEXTS = {
    "empty": "",
    "blank": " \t\n ",
    "emoji": "👍🏽❤️‍🔥😂",
    "jamo": "ㅋㅋㅋㅋㅋㅋ",
    "nfd": unicodedata.normalize("NFD", "영화가 정말 재밌다"),
    "surrogates": "영화가 \ud83d 좋다\udc4d",
    "nul": "영화가\0 재밌다",
    "controls": "\x01\x1b[31m\u200b\ufeff",
    "long": "영화가 재밌다 " * 130_000,  # over 1 MB
    "unbroken": "가" * 1_000_000,
    "arabic": "فيلم جميل",
}


def difference(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).max())


class TestTraining:
    def test_it_learns(self, trained: TextClassifier, reviews: Reviews) -> None:
        assert trained.score(*reviews) > 0.9
        assert trained.predict(["결말이 최고입니다 👍", "음악이 별로였어요"]).tolist() == [
            "positive",
            "negative",
        ]

    def test_what_was_learned(self, trained: TextClassifier) -> None:
        assert trained.classes_.tolist() == ["negative", "positive"]
        assert [record["epoch"] for record in trained.history_] == [1, 2, 3]
        assert trained.validation_.rows == 16
        best = max(record["val_accuracy"] for record in trained.history_)
        assert trained.validation_.accuracy == pytest.approx(best)
        assert trained.info_["rows"] == {"train": 64, "validation": 16}
        assert trained.info_["parameters"]["seed"] == 7

    def test_probabilities(self, trained: TextClassifier, reviews: Reviews) -> None:
        found = trained.predict_proba(reviews[0])
        assert found.shape == (80, 2)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
        expected = trained.classes_[found.argmax(axis=1)]
        assert trained.predict(reviews[0]).tolist() == expected.tolist()

    def test_the_same_seed_gives_the_same_classifier(
        self, trained: TextClassifier, tiny: dict[str, Any], reviews: Reviews
    ) -> None:
        again = TextClassifier(**tiny).fit(*reviews)
        for first, second in zip(
            trained.model_.get_weights(), again.model_.get_weights(), strict=True
        ):
            assert np.array_equal(first, second)

    @pytest.mark.usefixtures("without_tracing")
    def test_validation_texts_teach_the_encoder_nothing(
        self, tiny: dict[str, Any], reviews: Reviews
    ) -> None:
        """Each text has a word of its own: those of held-out texts have to stay unknown."""
        from kosent.training.splits import hold_out

        texts = [f"{text} 낱말{number}" for number, text in enumerate(reviews[0])]
        numbers = (np.array(reviews[1]) == "positive").astype(np.int32)
        train, held = hold_out(numbers, tiny["validation_fraction"], tiny["seed"])
        classifier = TextClassifier(**tiny | {"epochs": 1}).fit(texts, reviews[1])
        vocabulary = classifier.encoder_.vocabulary
        assert all(f"낱말{row}" in vocabulary for row in train)
        assert not any(f"낱말{row}" in vocabulary for row in held)
        assert classifier.validation_.rows == len(held)

    @pytest.mark.usefixtures("without_tracing")
    def test_numbers_as_labels_and_class_weights(
        self, tiny: dict[str, Any], reviews: Reviews, tmp_path: Path
    ) -> None:
        """Three classes, numpy labels, settings as a search hands them out; saved and loaded."""
        texts = pd.Series([*reviews[0], *[f"보통 {n}" for n in range(20)]], name="text")
        labels = np.array([2 if each == "positive" else -1 for each in reviews[1]] + [0] * 20)
        changed = {
            "class_weight": {np.int64(-1): 1, 0: np.float32(2), 2: 0.5},
            "epochs": np.int64(1),
            "learning_rate": np.float32(0.05),
            "architecture_options": {"embedding_size": np.int32(4), "units": np.int64(2)},
            "seed": np.int64(3),
        }
        classifier = TextClassifier(**tiny | changed).fit(texts, pd.Series(labels))
        assert classifier.classes_.tolist() == [-1, 0, 2]
        assert classifier.predict_proba(texts[:3]).shape == (3, 3)
        assert classifier.predict(texts).dtype == labels.dtype
        loaded = TextClassifier.load(classifier.save(tmp_path / "model"))
        assert loaded.classes_.tolist() == [-1, 0, 2]
        assert loaded.class_weight == {-1: 1, 0: 2.0, 2: 0.5}
        assert loaded.predict(texts).tolist() == classifier.predict(texts).tolist()
        assert loaded.evaluate(texts, labels) == classifier.evaluate(
            texts.tolist(), labels.tolist()
        )

    @pytest.mark.usefixtures("without_tracing")
    def test_class_weights_by_label_decide(self, tiny: dict[str, Any]) -> None:
        texts, labels = [f"같은 말 {number}" for number in range(40)], ["a", "b"] * 20
        for favoured, other in (("a", "b"), ("b", "a")):
            weight = {favoured: 1.0, other: 0.01}
            classifier = TextClassifier(**tiny | {"class_weight": weight}).fit(texts, labels)
            assert classifier.predict(["같은 말"]).tolist() == [favoured]

    @pytest.mark.usefixtures("without_tracing")
    def test_a_listener_is_told(self, tiny: dict[str, Any], reviews: Reviews) -> None:
        told: list[tuple[str, int]] = []

        class Recorder(Silent):
            def stage(self, name: str, *_: object) -> None:
                told.append((name, 0))

            def advance(self, steps: int) -> None:
                told[-1] = (told[-1][0], told[-1][1] + steps)

        TextClassifier(**tiny | {"epochs": 1}).fit(*reviews, listener=Recorder())
        assert told == [("encode", 80), ("epoch 1/1", 4)]


class TestCalibration:
    @pytest.mark.usefixtures("without_tracing")
    def test_validation_is_held_against_labels_and_weighted_as_training(
        self, tiny: dict[str, Any], reviews: Reviews, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: list[Any] = []

        def noted(probabilities: Any, numbers: Any, weights: Any) -> float:
            given.append((probabilities, numbers, weights))
            return 2.0

        monkeypatch.setattr(steps, "fit_temperature", noted)
        labels = ["b" if row % 3 else "a" for row in range(len(reviews[0]))]  # tell nothing
        settings = tiny | {"class_weight": {"a": 3.0, "b": 1.0}}
        classifier = TextClassifier(**settings).fit(reviews[0], labels)
        ((probabilities, numbers, weights),) = given
        assert weights.tolist() == np.where(numbers == 0, 3.0, 1.0).tolist()
        report = classifier.validation_
        assert [sum(row) for row in report.confusion] == np.bincount(numbers).tolist()  # type: ignore[union-attr]
        assert report.accuracy == (probabilities.argmax(axis=1) == numbers).mean() < 1  # type: ignore[union-attr]

    @pytest.mark.usefixtures("without_tracing")
    def test_the_scores_are_divided_and_no_label_changes(
        self, tiny: dict[str, Any], reviews: Reviews, tmp_path: Path
    ) -> None:
        """Every fifth label is wrong, so that the network is surer than it is right."""
        other = {"positive": "negative", "negative": "positive"}
        labels = [other[each] if row % 5 == 0 else each for row, each in enumerate(reviews[1])]
        unsettled = reviews[0], labels
        plain = TextClassifier(**tiny | {"calibrate": False}).fit(*unsettled)
        scaled = TextClassifier(**tiny).fit(*unsettled)
        assert plain.info_["calibration"] is None
        told = scaled.info_["calibration"]
        assert told["rows"] == 16
        assert told["temperature"] != 1
        assert told["loss_after"] < told["loss_before"]
        assert told["ece_after"] == scaled.validation_.confidence.ece  # type: ignore[union-attr]
        assert told["ece_before"] == plain.validation_.confidence.ece  # type: ignore[union-attr]
        assert scaled.validation_.confusion == plain.validation_.confusion
        texts = [*unsettled[0], *ODD_TEXTS.values()]
        before, after = plain.predict_proba(texts), scaled.predict_proba(texts)
        powers = before.astype(np.float64) ** (1 / told["temperature"])
        assert difference(after, powers / powers.sum(axis=1, keepdims=True)) < 1e-5
        assert difference(after, before) > 1e-3
        ids = scaled.encoder_(unsettled[0])
        keras = np.asarray(scaled.model_.predict_on_batch(ids))
        assert difference(keras, scaled.predict_proba(unsettled[0])) < 1e-5
        loaded = TextClassifier.load(scaled.save(tmp_path / "model"))
        assert np.array_equal(loaded.predict_proba(texts), after)
        assert difference(np.asarray(loaded.model_.predict_on_batch(ids)), keras) < 1e-6
        assert loaded.info_["calibration"] == told
        assert TextClassifier.load(plain.save(tmp_path / "plain")).calibrate is False
        card = (tmp_path / "model" / "card.md").read_text("utf-8")
        assert f"temperature: {told['temperature']:.3f}" in card
        assert "temperature" not in (tmp_path / "plain" / "card.md").read_text("utf-8")


@pytest.mark.usefixtures("without_tracing")
class TestBadTraining:
    @pytest.mark.parametrize(
        ("texts", "labels", "message"),
        [
            (["가", "나"] * 5, ["a"] * 10, "only 1 class"),
            (["가", "나"], ["a", "b"], "too few texts"),
            ([], [], "only 0 class"),
            (["가", "나"] * 5, ["a", "b"] * 4, "10 texts but labels of shape"),
            (["가", "나"] * 5, [0.0, 1.0] * 5, "label number 1"),
            (["가", "나"] * 5, ["a", None] * 5, "label number 2"),
            (["가", "나"] * 5, ["a", float("nan")] * 5, "label number 2"),
            (["가", None] * 5, ["a", "b"] * 5, "text number 2"),
            (["가", 3.5] * 5, ["a", "b"] * 5, "text number 2"),
            (["가"] * 10, ["1", 1] * 5, "mix strings"),
        ],
    )
    def test_data_that_cannot_be_learned_from(
        self, tiny: dict[str, Any], texts: list[Any], labels: list[Any], message: str
    ) -> None:
        with pytest.raises(DataError, match=message):
            TextClassifier(**tiny).fit(texts, labels)

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("architecture", "lstmm"),
            ("architecture_options", {"unit": 3}),
            ("architecture_options", {"units": 0}),
            ("tokenizer", "oktt"),
            ("tokenizer", 3),
            ("tokenizer_options", {"max_char": 3}),
            ("cleaning", "koreann"),
            ("vocabulary_size", 1),
            ("min_count", 0),
            ("max_length", 0),
            ("validation_fraction", 0),
            ("validation_fraction", 1.0),
            ("validation_fraction", "0.1"),
            ("validation", "first"),
            ("validation", ["last"]),
            ("epochs", 0),
            ("epochs", 1.5),
            ("batch_size", 0),
            ("learning_rate", float("nan")),
            ("optimizer", "adem"),
            ("patience", 0),
            ("schedule", "cosine"),
            ("label_smoothing", 1.0),
            ("augment", "noize"),
            ("augment", True),
            ("class_weight", "balance"),
            ("class_weight", {"positive": 1}),
            ("class_weight", {"positive": 1, "negative": "2"}),
            ("class_weight", {"positive": 1, "negative": -2}),
            ("calibrate", "yes"),
            ("seed", -1),
        ],
    )
    def test_wrong_settings(
        self, tiny: dict[str, Any], reviews: Reviews, setting: str, value: Any
    ) -> None:
        classifier = TextClassifier(**tiny | {setting: value})  # the constructor only stores
        with pytest.raises(UsageError):
            classifier.fit(*reviews)
        assert not hasattr(classifier, "model_")

    def test_a_single_string_is_no_list(self, trained: TextClassifier) -> None:
        for method in (trained.predict, trained.predict_proba):
            with pytest.raises(UsageError, match="list of strings"):
                method("영화가 재밌다")  # type: ignore[arg-type]

    def test_not_fitted(self, tmp_path: Path) -> None:
        classifier = TextClassifier()
        for call in (
            lambda: classifier.predict(["가"]),
            lambda: classifier.evaluate(["가"], ["a"]),
            lambda: classifier.trace("가"),
            lambda: classifier.save(tmp_path / "model"),
        ):
            with pytest.raises(UsageError, match="not fitted"):
                call()
        assert list(tmp_path.iterdir()) == []

    def test_an_interrupted_refit_leaves_no_mixture(
        self, tiny: dict[str, Any], reviews: Reviews
    ) -> None:
        class Interrupt(Silent):
            def advance(self, *_: object) -> None:
                if self.training:
                    raise KeyboardInterrupt

            def stage(self, name: str, *_: object) -> None:
                self.training = name.startswith("epoch")

        classifier = TextClassifier(**tiny | {"epochs": 1}).fit(*reviews)
        with pytest.raises(KeyboardInterrupt):
            classifier.fit(
                reviews[0], ["다른 " + each for each in reviews[1]], listener=Interrupt()
            )
        with pytest.raises(UsageError, match="not fitted"):
            classifier.predict(["영화가 재밌다"])

    def test_a_tokenizer_object_is_not_changed_by_fitting(
        self, tiny: dict[str, Any], reviews: Reviews
    ) -> None:
        """Two classifiers that share one must not share what it learned."""
        from kosent.text.tokenizers import SentencePiece

        tokenizer = SentencePiece(vocabulary_size=310)
        settings = tiny | {"tokenizer": tokenizer, "epochs": 1}
        first = TextClassifier(**settings).fit(*reviews)
        before = first.encoder_.tokens("영화가 정말 재밌다")
        TextClassifier(**settings).fit(
            [f"wholly different words {n}" for n in range(20)], ["a", "b"] * 10
        )
        assert first.encoder_.tokens("영화가 정말 재밌다") == before
        with pytest.raises(UsageError, match="not fitted"):
            tokenizer(["영화"])


class TestPrediction:
    @pytest.mark.parametrize("name", ODD_TEXTS)
    def test_any_text_gets_a_probability(self, trained: TextClassifier, name: str) -> None:
        found = trained.predict_proba([ODD_TEXTS[name]])
        assert np.isfinite(found).all()
        assert found.sum() == pytest.approx(1, abs=1e-5)

    def test_decomposed_text_equals_composed(self, trained: TextClassifier) -> None:
        composed = unicodedata.normalize("NFC", ODD_TEXTS["nfd"])
        assert composed != ODD_TEXTS["nfd"]
        first, second = trained.predict_proba([composed, ODD_TEXTS["nfd"]])
        assert np.array_equal(first, second)

    def test_a_text_alone_equals_the_text_in_a_batch(
        self, trained: TextClassifier, reviews: Reviews
    ) -> None:
        texts = [*reviews[0][:6], *ODD_TEXTS.values()]
        together = trained.predict_proba(texts)
        for text, expected in zip(texts, together, strict=True):
            assert difference(trained.predict_proba([text])[0], expected) < 1e-5
        backwards = trained.predict_proba(texts[::-1])[::-1]
        assert difference(backwards, together) < 1e-5

    def test_padding_does_not_matter(self, trained: TextClassifier, reviews: Reviews) -> None:
        expected = trained.predict_proba(reviews[0][:5])
        for length in (trained.encoder_.max_length_, 9, 30):
            ids = trained.encoder_(reviews[0][:5], length=length)
            assert ids.shape == (5, length)
            assert difference(np.asarray(trained.model_.predict_on_batch(ids)), expected) < 1e-5

    def test_texts_that_are_left_open(self, trained: TextClassifier, reviews: Reviews) -> None:
        texts = [*reviews[0], *ODD_TEXTS.values()]
        highest = trained.predict_proba(texts).max(axis=1)
        least = float(np.median(highest))
        found = trained.predict(texts, min_confidence=least)
        expected = trained.predict(texts).tolist()
        blank = [row for row, text in enumerate(texts) if not trained.encoder_.cleaner(text)]
        assert blank[:2] == [80, 81]
        for row in blank:  # of which nothing is known, however sure the network is without a word
            expected[row] = None
        assert found.dtype == object
        assert found.tolist() == [
            label if sure else None
            for label, sure in zip(expected, highest >= np.float64(least), strict=True)
        ]
        assert None in found.tolist()[:80]
        assert trained.predict(texts, min_confidence=0).tolist() == expected
        assert trained.predict([], min_confidence=0.5).tolist() == []
        with pytest.raises(UsageError, match="min_confidence must be a number from 0 to 1"):
            trained.predict(texts, min_confidence=80)

    def test_no_text_gives_no_rows(self, trained: TextClassifier) -> None:
        assert trained.predict_proba([]).shape == (0, 2)
        assert trained.predict([]).tolist() == []

    @pytest.mark.parametrize("wrong", [[None], [3], ["가", float("nan")]])
    def test_what_is_no_text_is_a_data_error(
        self, trained: TextClassifier, wrong: list[Any]
    ) -> None:
        with pytest.raises(DataError, match="is not a string"):
            trained.predict(wrong)

    def test_arrays_and_series(self, trained: TextClassifier, reviews: Reviews) -> None:
        expected = trained.predict(reviews[0]).tolist()
        assert trained.predict(np.array(reviews[0])).tolist() == expected
        assert trained.predict(pd.Series(reviews[0], index=range(7, 87))).tolist() == expected

    def test_trace_follows_the_prefixes(self, trained: TextClassifier) -> None:
        text = "  재미있을 줄 알았는데\t완전\n실망했다. "
        steps = trained.trace(text)
        assert [prefix for prefix, _ in steps] == [
            "재미있을",
            "재미있을 줄",
            "재미있을 줄 알았는데",
            "재미있을 줄 알았는데 완전",
            "재미있을 줄 알았는데 완전 실망했다.",
        ]
        assert difference(steps[-1][1], trained.predict_proba([text])[0]) < 1e-5
        assert all(values.shape == (2,) for _, values in steps)

    def test_trace_of_a_blank_or_endless_text(self, trained: TextClassifier) -> None:
        assert [prefix for prefix, _ in trained.trace(" ")] == [" "]
        with pytest.raises(UsageError, match="too long to be followed"):
            trained.trace(ODD_TEXTS["long"])

    def test_evaluation(self, trained: TextClassifier, reviews: Reviews) -> None:
        report = trained.evaluate(*reviews)
        right = trained.predict(reviews[0]) == np.array(reviews[1])
        assert report.accuracy == pytest.approx(right.mean()) == trained.score(*reviews)
        assert report.labels == ("negative", "positive")
        assert report.confidence == confidence_scores(
            trained.predict_proba(reviews[0]).max(axis=1), right
        )

    @pytest.mark.parametrize(
        ("texts", "labels", "message"),
        [
            (["가"], ["neutral"], "not trained on: 'neutral'"),
            (["가"], [1], "not trained on: 1"),
            (["가"], ["positive"] * 2, "1 texts but labels of shape"),
            ([], [], "no rows"),
            (["가"], [None], "label number 1"),
        ],
    )
    def test_evaluation_of_what_cannot_be(
        self, trained: TextClassifier, texts: list[str], labels: list[Any], message: str
    ) -> None:
        with pytest.raises(DataError, match=message):
            trained.evaluate(texts, labels)


FRESH = """
import json, sys

from kosent import TextClassifier

given = json.load(sys.stdin)
loaded = TextClassifier.load(given["path"])
json.dump(
    {
        "together": loaded.predict_proba(given["texts"]).tolist(),
        "alone": [loaded.predict_proba([text])[0].tolist() for text in given["texts"]],
        "labels": loaded.predict(given["texts"]).tolist(),
        "classes": loaded.classes_.tolist(),
        "parameters": loaded.get_params(),
    },
    sys.stdout,
)
"""


class TestSaving:
    def test_a_fresh_process_gives_the_same_probabilities(
        self, trained: TextClassifier, saved: Path, reviews: Reviews
    ) -> None:
        texts = [*reviews[0][:12], *(ODD_TEXTS[name] for name in ("empty", "emoji", "jamo", "nfd"))]
        ended = subprocess.run(
            [sys.executable, "-c", FRESH],
            input=json.dumps({"path": str(saved), "texts": texts}),
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        there = json.loads(ended.stdout)
        here = trained.predict_proba(texts)
        assert difference(np.array(there["together"]), here) < 1e-5
        assert difference(np.array(there["alone"]), here) < 1e-5
        assert there["labels"] == trained.predict(texts).tolist()
        assert there["classes"] == trained.classes_.tolist()
        assert there["parameters"] == trained.info_["parameters"]

    @pytest.mark.usefixtures("without_tracing")
    @pytest.mark.parametrize("name", ARCHITECTURES)
    def test_every_network_with_the_default_tokenizer(
        self,
        name: str,
        tiny: dict[str, Any],
        tiny_networks: dict[str, dict[str, Any]],
        reviews: Reviews,
        tmp_path: Path,
    ) -> None:
        changed = {
            "architecture": name,
            "architecture_options": tiny_networks[name],
            "tokenizer": "sentencepiece",
            "vocabulary_size": 400,
            "epochs": 1,
        }
        classifier = TextClassifier(**tiny | changed).fit(*reviews)
        texts = [*reviews[0][:4], *(ODD_TEXTS[key] for key in ("empty", "emoji", "jamo", "nul"))]
        expected = classifier.predict_proba(texts)
        loaded = TextClassifier.load(classifier.save(tmp_path / "model"))
        assert difference(loaded.predict_proba(texts), expected) < 1e-6
        for text, row in zip(texts, expected, strict=True):
            assert difference(loaded.predict_proba([text])[0], row) < 1e-5

    def test_a_loaded_classifier_saves_the_same_bundle(self, saved: Path, tmp_path: Path) -> None:
        loaded = TextClassifier.load(str(saved))
        again = loaded.save(tmp_path / "again")
        first, second = read(saved), read(again)
        assert first.info == second.info
        assert first.architecture == second.architecture
        for name, array in first.weights.items():
            assert np.array_equal(second.weights[name], array)

    def test_parameters_set_after_training_do_not_spoil_the_bundle(
        self, saved: Path, tmp_path: Path, reviews: Reviews
    ) -> None:
        loaded = TextClassifier.load(saved)
        expected = loaded.predict_proba(reviews[0])
        loaded.set_params(architecture="gru", architecture_options={"units": 5}, seed=1)
        again = TextClassifier.load(loaded.save(tmp_path / "again"))
        assert again.architecture == "lstm"
        assert difference(again.predict_proba(reviews[0]), expected) < 1e-6

    @pytest.mark.usefixtures("without_tracing")
    def test_labels_of_any_characters(self, tiny: dict[str, Any], tmp_path: Path) -> None:
        labels = ["좋음 👍", "\ud800", "?"]
        classifier = TextClassifier(**tiny | {"epochs": 1})
        classifier.fit([f"글 {n}" for n in range(30)], labels * 10)
        loaded = TextClassifier.load(classifier.save(tmp_path / "model"))
        assert loaded.classes_.tolist() == sorted(labels)

    @pytest.mark.usefixtures("without_tracing")
    def test_a_tokenizer_of_the_users_own_cannot_be_saved(
        self, tiny: dict[str, Any], reviews: Reviews, tmp_path: Path
    ) -> None:
        class Mine(Whitespace):
            name = "mine"

        settings = tiny | {"tokenizer": Mine(), "epochs": 1}
        with pytest.raises(UsageError, match="cannot be saved"):  # before an hour of training
            TextClassifier(**settings).fit(*reviews, run_folder=tmp_path / "run")
        classifier = TextClassifier(**settings).fit(*reviews)
        assert classifier.predict(["영화가 최고입니다 👍"]).shape == (1,)
        with pytest.raises(UsageError, match="cannot be saved"):
            classifier.save(tmp_path / "model")
        assert not (tmp_path / "model").exists()


class TestScikitLearn:
    def test_the_constructor_only_stores(self) -> None:
        given = {name: object() for name in TextClassifier().get_params()}
        classifier = TextClassifier(**given)  # type: ignore[arg-type]
        assert vars(classifier) == given
        assert list(given) == list(inspect.signature(TextClassifier).parameters)

    def test_get_and_set_params(self) -> None:
        classifier = TextClassifier("gru", epochs=3)
        assert classifier.get_params()["architecture"] == "gru"
        assert classifier.set_params(epochs=5, seed=1) is classifier
        assert (classifier.epochs, classifier.seed) == (5, 1)
        with pytest.raises(UsageError, match="no parameter 'epoch'"):
            classifier.set_params(epoch=1)

    def test_clone(self, trained: TextClassifier) -> None:
        from sklearn.base import clone, is_classifier
        from sklearn.utils.validation import check_is_fitted

        copied = clone(trained)
        assert copied.get_params() == trained.get_params()
        assert not hasattr(copied, "model_")
        assert is_classifier(copied)
        check_is_fitted(trained)
        with pytest.raises(Exception, match="not fitted"):
            check_is_fitted(copied)
        with_object = clone(TextClassifier(tokenizer=Whitespace(max_chars=5)))
        assert with_object.tokenizer.max_chars == 5  # type: ignore[union-attr]

    @pytest.mark.slow
    @pytest.mark.usefixtures("without_tracing")
    def test_cross_validation_and_pipeline(self, tiny: dict[str, Any], reviews: Reviews) -> None:
        from sklearn.model_selection import cross_val_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer

        pipeline = make_pipeline(
            FunctionTransformer(lambda texts: [text.replace("ㅡ", "") for text in texts]),
            TextClassifier(**tiny),
        )
        pipeline.set_params(textclassifier__epochs=4)
        scores = cross_val_score(pipeline, *reviews, cv=2)
        assert scores.shape == (2,)
        assert scores.min() > 0.6

    def test_errors_are_kosents(self, trained: TextClassifier) -> None:
        with pytest.raises(KosentError):
            trained.score(["가"], ["모르는 라벨"])


def test_drawing_tokenizations_is_repeatable_and_only_for_training(
    tiny: dict[str, Any], reviews: tuple[list[str], list[str]], without_tracing: None
) -> None:
    plain = tiny | {"tokenizer": "sentencepiece", "vocabulary_size": 320, "epochs": 2}
    drawing = plain | {"tokenizer_options": {"alpha": 0.2}}
    texts = reviews[0][:5]
    first, second, without = (
        TextClassifier(**arguments).fit(*reviews).predict_proba(texts).tolist()
        for arguments in (drawing, drawing, plain)
    )
    assert first == second != without


def test_only_the_training_part_is_noised(
    tiny: dict[str, Any], reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = TextClassifier(**tiny | {"augment": "noise"})
    parts: list[Any] = []

    class EnoughError(Exception):
        """Nothing is to be trained."""

    def train(_: object, __: int, *examples: Any, **___: object) -> None:
        parts.extend(examples)
        raise EnoughError

    def encode(*given: Any, **rest: Any) -> Any:
        encoded = real(*given, **rest)
        encoders.append(encoded[0])
        return encoded

    encoders: list[Any] = []
    real = steps.encode
    monkeypatch.setattr(steps, "encode", encode)
    monkeypatch.setattr(steps, "train_network", train)
    with pytest.raises(EnoughError):
        classifier.fit(*reviews)
    learn, check, _ = parts
    plain = encoders[0].encode(reviews[0])
    seen = {tuple(row) for row in plain.pad().tolist()}
    for clean in (learn.texts, check.texts):
        assert {tuple(row) for row in clean.pad(length=plain.pad().shape[1]).tolist()} <= seen
    assert check.draw is None
    drawn = [learn.draw(epoch) for epoch in (0, 1)]
    assert [len(epoch) for epoch in drawn] == [64, 64]
    assert drawn[0].ids.tolist() != drawn[1].ids.tolist()


def test_rules_of_the_cleaning_and_augmentation_travel_with_the_model(
    tiny: dict[str, Any],
    reviews: tuple[list[str], list[str]],
    without_tracing: None,
    tmp_path: Path,
) -> None:
    options = {"repeats": 1, "urls": True}
    settings = {"cleaning_options": options, "augment": "noise", "epochs": 1}
    trained = TextClassifier(**tiny | settings).fit(*reviews)
    loaded = TextClassifier.load(trained.save(tmp_path / "model"))
    assert (loaded.cleaning_options, loaded.augment) == (options, "noise")
    card = (tmp_path / "model" / "card.md").read_text("utf-8")
    assert "`korean` (repeats=1, urls=True)" in card
    assert "augmentation: `noise`" in card
    assert loaded.encoder_.cleaner == trained.encoder_.cleaner
    assert loaded.encoder_.tokens("재밌다ㅋㅋㅋ http://a.kr") == ["재밌다ㅋ", "xurl"]


@pytest.mark.slow
def test_a_linear_network_is_solved_without_epochs(
    reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    options = {"spaces": True, "edges": True}
    trained = TextClassifier(
        "ngrams",
        tokenizer="character",
        tokenizer_options=options,
        architecture_options={"buckets": 4096},
    ).fit(*reviews, run_folder=tmp_path / "run")
    assert trained.score(*reviews) > 0.9
    assert len(trained.history_) == 1
    assert (tmp_path / "run" / "metrics.jsonl").exists()
    loaded = TextClassifier.load(trained.save(tmp_path / "model"))
    expected = trained.predict_proba(reviews[0])
    assert np.array_equal(loaded.predict_proba(reviews[0]), expected)
    ids = loaded.encoder_(reviews[0])
    assert np.abs(np.asarray(loaded.model_.predict_on_batch(ids)) - expected).max() < 1e-5
