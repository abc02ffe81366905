"""Conjugated forms, and back to the dictionary form."""

from __future__ import annotations

import pytest

from kosent.text.openkorean.conjugation import all_forms, forms
from kosent.text.openkorean.stemmer import Stems


@pytest.mark.parametrize(
    ("stem", "adjective", "some"),
    [
        ("공부하", False, "공부하는 공부해 공부했 공부합 공부할 공부하여"),
        ("쏘", False, "쏘는 쏘아 쏘았 쏴 쐈 쏠"),
        ("맞추", False, "맞추어 맞춰 맞췄 맞춘"),
        ("모으", False, "모으는 모아 모았 모은"),
        ("고르", False, "고르는 골라 골랐 고른"),
        ("사귀", False, "사귀는 사겨 사겼"),
        ("쥐", False, "쥐는 쥔"),
        ("마시", False, "마시어 마셔 마셨 마십니"),
        ("꿰", False, "꿰는 꿴 꿰"),
        ("켜", False, "켜서 켰 켜는 켜야"),
        ("만들", False, "만드는 만든 만듦 만들어"),
        ("낫", False, "낫는 나으 나은"),
        ("묻", False, "묻는 물"),
        ("붇", False, "붇는 불 부은"),
        ("눕", False, "눕는 누워 누웠"),
        ("덥", True, "더워 더운 더웠 덥"),
        ("갑작스럽", True, "갑작스러운 갑작스런"),
        ("놓", False, "놓는 놔 놓"),
        ("파랗", True, "파란 파래 파랬 파라"),
        ("있", False, "있는 있었 있다 있"),
        ("얻어먹", False, "얻어먹"),
    ],
)
def test_forms(stem: str, adjective: bool, some: str) -> None:
    found = forms(stem, adjective)
    assert set(some.split()) <= found
    assert all_forms([stem], adjective) == found
    stems = Stems([stem], adjective)
    assert {stems.of(form) for form in found} == {stem + "다"}


def test_forms_that_are_rather_an_adjectives_are_no_verbs() -> None:
    assert "아니" in forms("아니", adjective=True)
    assert "아니" not in forms("아니", adjective=False)
    assert "나는" not in all_forms(["나", "날"], adjective=False)


def test_a_form_of_several_stems_has_the_one_that_the_library_keeps() -> None:
    stems = Stems(["가", "갈"], adjective=False)
    assert stems.of("가는") == stems.of("가는") in {"가다", "갈다"}
    assert stems.of("모르는말") == "모르는말"
