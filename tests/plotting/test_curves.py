"""The learning curves."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from kosent.plotting.curves import kept_epoch, learning_curves

# Accuracy is best in epochs 2 and 3, the loss in epoch 1.
RECORDS = [
    {"epoch": 1, "loss": 0.7, "val_loss": 0.5, "accuracy": 0.6, "val_accuracy": 0.7},
    {"epoch": 2, "loss": 0.5, "val_loss": 0.6, "accuracy": 0.8, "val_accuracy": 0.8},
    {"epoch": 3, "loss": 0.3, "val_loss": 0.7, "accuracy": 0.9, "val_accuracy": 0.8},
]


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def test_a_picture() -> None:
    drawn = pixels(learning_curves(RECORDS).png())
    assert drawn.shape == (540, 1350, 3)
    assert learning_curves(RECORDS).png() == learning_curves(RECORDS).png()
    blue = (drawn[..., 2] > 150) & (drawn[..., 0] < 60)  # the training lines
    assert blue[:, :675].any()
    assert blue[:, 675:].any()


def test_other_figures_are_another_picture() -> None:
    worse = [record | {"val_loss": record["val_loss"] + record["epoch"]} for record in RECORDS]
    assert learning_curves(RECORDS).png() != learning_curves(worse).png()


def test_a_single_epoch() -> None:
    assert pixels(learning_curves(RECORDS[:1]).png()).shape == (540, 1350, 3)


@pytest.mark.parametrize(("monitor", "epoch"), [("accuracy", 2), ("loss", 1)])
def test_the_epoch_that_is_kept(monitor: str, epoch: int) -> None:
    assert kept_epoch(RECORDS, monitor) == epoch
    drawn = [learning_curves(RECORDS, which).png() for which in ("loss", "accuracy")]
    assert drawn[0] != drawn[1]
