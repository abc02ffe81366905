"""Every setting of a classifier: its bounds, sentences and option, and its way to its place."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from kosent import TextClassifier
from kosent.errors import UsageError
from kosent.models.settings import LIMITS, ClassifierSettings, changed
from kosent.support.settings import Setting, settings_of
from kosent.text.encoding.encoder import TextEncoder

SETTINGS = settings_of(ClassifierSettings)

# What a classifier that starts from a saved model may not name, and what only such a one has.
BESIDE: dict[str, dict[str, Any]] = {
    "start": {},
    **{limit: {} for limit in LIMITS},
    "transfer": {"start": "pretrained"},
    "keep": {"start": "pretrained", "transfer": "all"},
}

every_setting = pytest.mark.parametrize("declared", SETTINGS.values(), ids=lambda each: each.name)


def test_constructor_parameters_and_declarations_are_the_same() -> None:
    signature = inspect.signature(TextClassifier).parameters
    assert set(signature) == set(SETTINGS) == set(TextClassifier().get_params())
    assert {name: each.default for name, each in signature.items()} == {
        name: each.default for name, each in SETTINGS.items()
    }
    assert [name for name, each in signature.items() if each.kind is each.KEYWORD_ONLY] == [
        name for name in signature if name != "architecture"
    ]


@every_setting
def test_values_at_the_bounds(declared: Setting) -> None:
    for value in declared.rule.inside:
        beside = BESIDE.get(declared.name, {"tokenizer": "whitespace"})
        ClassifierSettings.of({**beside, declared.name: value}).checked()
    for value in declared.rule.outside:
        if value is None and declared.by_data:
            continue
        with pytest.raises(UsageError) as caught:
            TextClassifier(**{declared.name: value}).check()
        assert repr(value) in str(caught.value)


@every_setting
def test_sentences_and_options(declared: Setting) -> None:
    assert re.search("[가-힣]", declared.korean)
    assert not re.search("[가-힣]", declared.english)
    assert declared.english[:1] == declared.english[:1].lower()
    assert not declared.korean.endswith(".")
    assert not declared.english.endswith(".")
    assert declared.option.startswith("--")
    assert declared.group in ("auto", "text", "network", "training")
    assert f"{declared.name}: " in (TextClassifier.__doc__ or "")


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(UsageError, match="no parameter 'epoch'"):
        ClassifierSettings.of({"epoch": 3})


def test_what_the_texts_decide_is_decided_for_training() -> None:
    given = ClassifierSettings()
    assert given.for_training(900, None).batch_size == 16
    assert given.for_training(135_000, None).batch_size == 128
    assert ClassifierSettings(batch_size=7).for_training(135_000, None).batch_size == 7


def test_settings_arrive_where_they_work() -> None:
    given = ClassifierSettings(
        tokenizer="whitespace", drop_unknown=True, min_count=2, label_smoothing=0.25, seed=5
    )
    encoder = given.checked()
    assert isinstance(encoder, TextEncoder)
    assert (encoder.drop_unknown, encoder.min_count) == (True, 2)
    training = given.for_training(64, {0: 1.0, 1: 2.0})
    assert (training.label_smoothing, training.seed) == (0.25, 5)
    assert training.class_weight == {0: 1.0, 1: 2.0}
    assert given.of_split() == {"seed": 5, "validation_fraction": 0.1, "validation": "random"}


def test_options_are_left_behind_with_what_they_are_options_of() -> None:
    base: dict[str, Any] = {"architecture": "gru", "architecture_options": {"units": 4}}
    assert changed(base, {"architecture": "lstm"}) == {"architecture": "lstm"}
    mixed = changed(base, {"architecture_options": {"dropout": 0.1}})
    assert mixed["architecture_options"] == {"units": 4, "dropout": 0.1}
