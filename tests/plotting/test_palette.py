"""Colours that are seen on their paper."""

from __future__ import annotations

import pytest

from kosent.plotting.palette import PALETTES, VARIABLES, Theme, as_variables, variables


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: Theme) -> None:
    palette = PALETTES[theme]
    assert contrast(palette.ink, palette.paper) > 7
    assert min(contrast(colour, palette.paper) for colour in palette.series) > 3
    assert len(set(palette.series)) == len(VARIABLES.series)


def test_every_variable_is_set_in_both() -> None:
    css = variables()
    for name, mark in VARIABLES.named().items():
        assert as_variables(f"fill: {mark};") == f"fill: var(--{name});"
        assert css.count(f"--{name}:") == 2
