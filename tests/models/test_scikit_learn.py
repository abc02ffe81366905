"""What scikit-learn's users know: its own checks on texts, repr, weights, routing, processes."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.errors import DataError, UsageError
from kosent.models import Ensemble

Reviews = tuple[list[str], list[str]]
GOLDEN = Path(__file__).parents[1] / "bundles" / "golden"
LINEAR: dict[str, Any] = {
    "architecture": "ngrams",
    "tokenizer": "whitespace",
    "architecture_options": {"buckets": 4096, "longest": 2},
    "validation_fraction": 0.2,
}

FEATURES = "a text has no number of features"
WORDING = "a KosentError says it in its own words, Korean and English"
NOT_ON_TEXTS = {
    "check_n_features_in": FEATURES,
    "check_n_features_in_after_fitting": FEATURES,
    "check_classifiers_train": f"{FEATURES}, so that other ones at predict are no error",
    "check_estimators_empty_data_messages": f"{FEATURES}: rows without any are empty texts",
    "check_sample_weight_equivalence_on_dense_data": (
        "rows are held out, and words counted, before they are weighed; "
        "tests/training/test_linear.py holds it for what is learned"
    ),
    "check_classifiers_one_label": "at least two classes are needed",
    "check_supervised_y_2d": "labels in a column of their own are refused, not flattened",
    "check_estimators_nan_inf": "its labels are floats, which are refused",
    "check_fit_score_takes_y": "the second argument is called labels",
    "check_complex_data": WORDING,
    "check_classifiers_regression_target": WORDING,
    "check_requires_y_none": WORDING,
}


def as_texts(rows: Any) -> list[str]:
    """Return a sentence for each row of numbers; texts stay."""
    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return rows
    if hasattr(rows, "toarray"):
        raise TypeError("sparse")
    array = np.asarray(rows)
    if array.ndim != 2:
        raise ValueError("Reshape your data")
    rows = [[float(value) for value in row] for row in array]
    return [" ".join(f"c{n}={round(v)} c{n}:{v:.3f}" for n, v in enumerate(row)) for row in rows]


class OnNumbers(TextClassifier):
    """The classifier behind a door for numbers, which is what the checks come with."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> OnNumbers:  # type: ignore[override]  # noqa: N803
        return super().fit(as_texts(X), y, sample_weight)

    def predict_all(self, texts: Any) -> Any:
        return super().predict_all(as_texts(texts))

    def evaluate(self, texts: Any, labels: Any) -> Any:
        return super().evaluate(as_texts(texts), labels)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags

        tags = super().__sklearn_tags__()
        tags.input_tags = InputTags()
        return tags


def named(check: Any) -> str:
    while hasattr(check, "func"):
        check = check.func
    name: str = check.__name__
    return name


@cache
def checks() -> dict[str, list[Callable[[], None]]]:
    """Return scikit-learn's checks of a classifier by name."""
    from sklearn.utils.estimator_checks import estimator_checks_generator

    found: dict[str, list[Callable[[], None]]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it does not inherit from BaseEstimator
        for estimator, check in estimator_checks_generator(OnNumbers(**LINEAR), legacy=True):
            call = lambda check=check, estimator=estimator: check(estimator)  # noqa: E731
            found.setdefault(named(check), []).append(call)
    return found


@pytest.mark.filterwarnings("ignore")  # of scikit-learn, about its own data
class TestEstimatorChecks:
    def test_those_that_apply_to_texts(self) -> None:
        from unittest import SkipTest

        passed = set()
        for name, calls in checks().items():
            for call in calls if name not in NOT_ON_TEXTS else ():
                try:
                    call()
                except SkipTest:
                    continue  # it needs another library
                passed.add(name)
        assert len(passed) >= 40

    @pytest.mark.parametrize("name", NOT_ON_TEXTS)
    def test_those_that_do_not(self, name: str) -> None:
        """With the reason in ``NOT_ON_TEXTS``; one that comes to pass leaves that list."""
        if name not in checks():
            pytest.skip("this scikit-learn has no such check")

        def passes() -> None:
            for call in checks()[name]:
                call()

        with pytest.raises((AssertionError, ValueError)):
            passes()


class TestShown:
    @pytest.mark.parametrize(
        ("classifier", "shown"),
        [
            (TextClassifier(), "TextClassifier()"),
            (TextClassifier("hybrid", epochs=8), "TextClassifier(architecture='hybrid')"),
            (TextClassifier("gru", epochs=4), "TextClassifier(architecture='gru', epochs=4)"),
            (
                TextClassifier(class_weight={"긍정": 2}, calibrate=False),
                "TextClassifier(class_weight={'긍정': 2}, calibrate=False)",
            ),
        ],
    )
    def test_what_is_not_the_default(self, classifier: Any, shown: str) -> None:
        assert repr(classifier) == shown
        assert eval(shown).get_params().keys() == classifier.get_params().keys()  # noqa: S307

    def test_in_a_notebook(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for classifier in (TextClassifier(epochs=3), Ensemble([TextClassifier(epochs=3)])):
            shown = classifier._repr_html_()
            assert shown is not None
            assert f"<pre>{classifier!r}".replace("'", "&#x27;") in shown
        monkeypatch.setitem(__import__("sys").modules, "sklearn.utils", None)
        assert TextClassifier()._repr_html_() is None

    def test_in_a_pipeline(self) -> None:
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer

        pipeline = make_pipeline(FunctionTransformer(), TextClassifier("gru"))
        assert "TextClassifier(architecture='gru')" in repr(pipeline)
        pipeline.set_output(transform="pandas")  # is for transformers: ours has no part in it
        assert pipeline[-1]._output == "default"


def test_not_fitted_is_what_scikit_learn_calls_so() -> None:
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError) as caught:
        TextClassifier().predict(["가"])
    assert isinstance(caught.value, UsageError)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  our own bytes
    assert isinstance(again, NotFittedError)
    assert str(again) == str(caught.value)


class TestWeights:
    @pytest.mark.usefixtures("without_tracing")
    @pytest.mark.parametrize(
        ("architecture", "options"),
        [
            ("lstm", {"embedding_size": 4, "units": 4, "dropout": 0.0}),
            ("ngrams", {"buckets": 4096}),
        ],
    )
    def test_they_decide(
        self, architecture: str, options: dict[str, Any], tiny: dict[str, Any]
    ) -> None:
        """Of texts that say the same under two labels, those of the rarer one count more."""
        texts, labels = [f"같은 말 {n}" for n in range(48)], ["a", "a", "b"] * 16
        settings = tiny | {
            "architecture": architecture,
            "architecture_options": options,
            "label_smoothing": 0.1,
            "class_weight": {"a": 2, "b": 1},
        }
        weights = [0.1 if label == "a" else 2.0 for label in labels]
        classifier = TextClassifier(**settings).fit(texts, labels, weights)
        assert classifier.predict(["같은 말"]).tolist() == ["b"]

    def test_weights_of_one_are_no_weights(self, reviews: Reviews) -> None:
        plain = TextClassifier(**LINEAR).fit(*reviews)
        weighted = TextClassifier(**LINEAR).fit(*reviews, sample_weight=np.ones(80))
        assert plain.info_["calibration"] == pytest.approx(weighted.info_["calibration"], rel=1e-4)
        found = [each.predict_proba(reviews[0]) for each in (plain, weighted)]
        np.testing.assert_allclose(*found, atol=1e-5)

    def test_the_temperature_is_that_of_what_counts(self, reviews: Reviews) -> None:
        """Half of the labels are wrong, and where those count nothing the network may be sure."""
        turned = {"positive": "negative", "negative": "positive"}
        wrong = [row // 2 % 2 == 1 for row in range(80)]
        labels = [
            turned[each] if is_wrong else each
            for each, is_wrong in zip(reviews[1], wrong, strict=True)
        ]
        weights = [0.0 if is_wrong else 1.0 for is_wrong in wrong]
        settings = LINEAR | {"seed": 3}
        all_count = TextClassifier(**settings).fit(reviews[0], labels)
        half = TextClassifier(**settings).fit(reviews[0], labels, weights)
        assert (
            half.info_["calibration"]["temperature"] < all_count.info_["calibration"]["temperature"]
        )

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ([1.0] * 79, "sample_weight of shape"),
            ([-1.0] + [1.0] * 79, "text number 1"),
            ([0.0] * 80, "zero for every text"),
        ],
    )
    def test_wrong_ones(self, weights: list[float], message: str, reviews: Reviews) -> None:
        with pytest.raises(DataError, match=message):
            TextClassifier(**LINEAR).fit(*reviews, sample_weight=weights)

    def test_texts_without_labels_count_one(self, reviews: Reviews) -> None:
        extra = ["새 글", "또 새 글"], [[0.9, 0.1], [0.2, 0.8]]
        weights = np.linspace(0.5, 1.5, 80)
        classifier = TextClassifier(**LINEAR).fit(*reviews, weights, extra=extra)
        assert classifier.info_["rows"] == {"train": 64, "validation": 16, "unlabelled": 2}

    def test_of_an_ensemble(self, reviews: Reviews) -> None:
        members = [TextClassifier(**LINEAR | {"seed": seed}).fit(*reviews) for seed in (1, 2)]
        texts, labels = reviews[0] * 2, [*reviews[1], *["positive"] * 80]
        plain = Ensemble(members).fit(texts, labels)
        ones = Ensemble(members).fit(texts, labels, np.ones(160))
        assert ones.weights_ == pytest.approx(plain.weights_, rel=1e-3)
        first = [1.0] * 80 + [0.0] * 80
        only = Ensemble(members).fit(texts, labels, sample_weight=first)
        assert only.bias_ != pytest.approx(plain.bias_, abs=0.1)
        repeated = Ensemble(members).fit(texts, labels, [2.0] * 160)
        assert repeated.weights_ == pytest.approx(plain.weights_, rel=1e-3)


class TestModelSelection:
    @pytest.fixture
    def routing(self) -> Iterator[None]:
        import sklearn

        with sklearn.config_context(enable_metadata_routing=True):
            yield

    @pytest.mark.usefixtures("routing")
    def test_weights_are_routed(self, reviews: Reviews) -> None:
        from sklearn.base import clone
        from sklearn.model_selection import cross_validate

        weights = np.linspace(0.1, 1, 80)
        asking = TextClassifier(**LINEAR).set_fit_request(sample_weight=True)
        asking = clone(asking.set_score_request(sample_weight="importance"))
        seen: list[Any] = []

        class Recording(TextClassifier):
            def fit(self, texts: Any, labels: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
                seen.append(("fit", len(sample_weight)))
                return super().fit(texts, labels, sample_weight)

            def score(self, texts: Any, labels: Any, sample_weight: Any = None) -> float:
                seen.append(("score", len(sample_weight)))
                return super().score(texts, labels, sample_weight)

        asking.__class__ = Recording
        given = {"sample_weight": weights, "importance": weights}
        cross_validate(asking, *reviews, cv=2, params=given)
        assert seen == [("fit", 40), ("score", 40)] * 2
        with pytest.raises(ValueError, match="sample_weight"):
            cross_validate(
                TextClassifier(**LINEAR), *reviews, cv=2, params={"sample_weight": weights}
            )

    def test_output_and_measures_of_scikit_learn(self, reviews: Reviews) -> None:
        from sklearn.model_selection import cross_val_score

        classifier = TextClassifier(**LINEAR).set_output(transform="pandas")
        scores = cross_val_score(classifier, *reviews, cv=2, scoring="roc_auc")
        assert (scores > 0.8).all()

    @pytest.mark.slow
    def test_in_processes(self, reviews: Reviews) -> None:
        from sklearn.model_selection import cross_val_score

        scores = cross_val_score(TextClassifier(**LINEAR), *reviews, cv=2, n_jobs=2)
        assert (scores > 0.8).all()

    def test_an_ensemble_is_cloned_with_its_members(self, reviews: Reviews) -> None:
        from sklearn.base import clone
        from sklearn.model_selection import cross_val_score

        members = [TextClassifier(**LINEAR | {"seed": seed}).fit(*reviews) for seed in (1, 2)]
        copied = clone(Ensemble(members))
        assert copied.members is members
        assert not hasattr(copied, "weights_")
        assert cross_val_score(copied, *reviews, cv=2).min() > 0.8
