"""The table of what ``auto`` tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosent.language import said
from kosent.reporting.tried import figures_of, judged_by
from kosent_cli.tables import table


def tried_lines(info: Mapping[str, Any]) -> list[str]:
    """Say what was tried, what each gave, and what was kept.

    Args:
        info: That of a model; there is nothing to say unless ``auto`` made it.
    """
    found = info.get("auto")
    if not found:
        return []
    rows = [_head(), *map(_row, found["tried"])]
    return [_title(found), *table(rows, right=range(1, 9)), "", _why(found), ""]


def _head() -> list[str]:
    return [
        "auto",
        "macro F1",
        said("정확도", "accuracy"),
        "95 %",
        said("손실", "loss"),
        said("초", "seconds"),
        "MB",
        said("글/초", "texts/s"),
        said("무게", "weight"),
        "",
    ]


def _row(each: Mapping[str, Any]) -> list[str]:
    korean, english = each["title"]
    title = said(korean, english)
    if each["macro_f1"] is None:
        why = f"{title}: {said(*each['failure'])}"
        return [each["name"], *["-"] * 4, f"{each['seconds']:.1f}", *["-"] * 3, why]
    return [each["name"], *figures_of(each), title]


def _title(found: Mapping[str, Any]) -> str:
    facts, held = found["facts"], said(*judged_by(found))
    return said(
        f"글 {facts['rows']:,}개, 라벨 {facts['classes']}개(가장 드문 것 {facts['rarest']:,}개), "
        f"평균 {facts['length']:.0f}자; {held} 판단",
        f"{facts['rows']:,} texts, {facts['classes']} labels (the rarest {facts['rarest']:,}), "
        f"{facts['length']:.0f} characters on average; judged {held}",
    )


def _why(found: Mapping[str, Any]) -> str:
    kept = [each["name"] for each in found["tried"] if each["weight"]]
    limits = found["limits"]
    return said(
        f"남긴 것: {', '.join(kept)}. 함께일 때 떼어 둔 글의 손실이 가장 작고 "
        f"{limits['size']:g} MB, 1초에 {limits['speed']:,.0f}개를 지킵니다",
        f"kept: {', '.join(kept)}: together they have the least loss on texts held out, within "
        f"{limits['size']:g} MB and at {limits['speed']:,.0f} texts a second",
    )
