"""Learning curves over rows."""

from __future__ import annotations

from kosent.plotting.rows import curves_by_rows

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_panel_a_corpus() -> None:
    curve = [(100, 0.5, 0.01), (1000, 0.7, 0.0)]
    panels = {f"말뭉치 {n}": {f"체계 {m}": curve for m in range(12)} for n in range(4)}
    data = curves_by_rows(panels, "macro F1").png()
    assert data.startswith(PNG)
    assert data == curves_by_rows(panels, "macro F1").png()
