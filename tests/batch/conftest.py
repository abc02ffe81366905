"""What tests of many rows share."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosent.models.loading import load_predictor
from kosent.prediction.predictor import Predictor

GOLDEN = Path(__file__).parents[1] / "golden"
ROWS = 13_000  # four lists of 4,096


@pytest.fixture(scope="session")
def bundle() -> Path:
    return GOLDEN / "format-2-hybrid.kosent"


@pytest.fixture(scope="session")
def model(bundle: Path) -> Predictor:
    return load_predictor(bundle)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table with quotes, line ends in cells, empty texts and broken rows."""
    rows = ["번호,글"]
    for number in range(ROWS):
        text = f"영화가 {number}번 {'정말 ' * (number % 7)}재밌다"
        if number % 500 == 3:
            text = '"두\n줄, ""인용"""'
        if number % 700 == 5:
            text = ""
        rows.append(f"{number},{text}" + (",남는 칸" if number % 900 == 7 else ""))
    path = tmp_path_factory.mktemp("source") / "rows.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path
