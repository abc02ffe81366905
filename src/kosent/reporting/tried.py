"""What ``auto`` tried, and what an ensemble is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kosent.reporting.parts import Paragraph, Part, Reader, Table


def tried_parts(reader: Reader, found: Mapping[str, Any]) -> list[Part]:
    """Return what was tried, what each gave, and what was kept.

    Args:
        reader: Who reads it.
        found: What the model says under ``auto``.
    """
    facts, limits = found["facts"], found["limits"]
    held = reader(*judged_by(found))
    line = reader(
        f"글 {facts['rows']:,}개, 라벨 {facts['classes']}개를 {held} 판단했습니다. 함께일 때 "
        f"떼어 둔 글의 손실이 가장 작은 것을 {limits['size']:g} MB와 1초에 글 "
        f"{limits['speed']:,.0f}개 안에서 남겼습니다.",
        f"{facts['rows']:,} texts of {facts['classes']} labels, judged {held}. Kept was what has "
        f"the least loss together on texts held out, within {limits['size']:g} MB and at "
        f"{limits['speed']:,.0f} texts a second.",
    )
    head = ["auto", "macro F1", reader("정확도", "accuracy"), "95 %", reader("손실", "loss")]
    head += [
        reader("초", "seconds"),
        "MB",
        reader("글/초", "texts/s"),
        reader("무게", "weight"),
        "",
    ]
    rows = [_row(reader, each) for each in found["tried"]]
    return [Paragraph(line), Table(reader("겨룬 것", "Candidates"), head, rows, words=[9])]


def judged_by(found: Mapping[str, Any]) -> tuple[str, str]:
    """Return by which texts the candidates were judged, in Korean and English.

    Args:
        found: What the model says under ``auto``.
    """
    folds, in_blocks = found["folds"], found.get("validation") == "blocks"
    if folds == 1:
        korean, english = "떼어 둔 글로", "by texts held out"
        return ("이어진 채 " + korean, english + " in blocks") if in_blocks else (korean, english)
    if in_blocks:
        return f"이어진 글끼리 {folds}겹으로", f"by {folds} folds of texts that follow each other"
    return f"{folds}겹으로", f"by {folds} folds"


def _row(reader: Reader, each: Mapping[str, Any]) -> list[str]:
    title = reader(*each["title"])
    if each["macro_f1"] is None:
        why = f"{title}: {reader(*each['failure'])}"
        return [each["name"], *["-"] * 4, f"{each['seconds']:.1f}", *["-"] * 3, why]
    return [each["name"], *figures_of(each), title]


def figures_of(each: Mapping[str, Any]) -> list[str]:
    """Return the figures of a candidate that was tried to its end, as they are shown.

    Args:
        each: ``kosent.models.auto.automatic.Tried``, as a model's ``info_`` has it.
    """
    return [
        f"{each['macro_f1']:.4f}",
        f"{each['accuracy']:.4f}",
        f"{each['low']:.3f}-{each['high']:.3f}",
        f"{each['loss']:.3f}",
        f"{each['seconds']:.1f}",
        f"{each['size'] / 1e6:.1f}",
        f"{each['speed']:,.0f}",
        f"{each['weight']:.3f}" if each["weight"] else "-",
    ]


def members_table(
    reader: Reader, members: Sequence[Mapping[str, Any]], weights: Sequence[float]
) -> Table:
    """Return what each member of an ensemble is, weighs and gives."""
    rows = [
        [
            str(number),
            f"{each['tokenizer']} {each['architecture']}",
            f"{weight:.3f}",
            *(f"{value:.4f}" for value in each["validation"].values()),
        ]
        for number, (each, weight) in enumerate(zip(members, weights, strict=True))
    ]
    named = {"accuracy": reader("정확도", "accuracy"), "lrap": "LRAP"}
    names = [named.get(name, name.replace("_f1", " F1")) for name in members[0]["validation"]]
    head = ["", reader("모델", "model"), reader("무게", "weight"), *names]
    return Table(reader("모인 모델", "Members"), head, rows, words=[1])
