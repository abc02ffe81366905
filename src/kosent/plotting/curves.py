"""The learning curves of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kosent.plotting.canvas import font, legend, new_figure, to_png

PANELS = {"loss": "손실 / loss", "accuracy": "정확도 / accuracy"}
PARTS = {"": "학습 / training", "val_": "검증 / validation"}
EPOCH = "에포크 / epoch"
KEPT = "남긴 가중치 / weights kept"


def learning_curves(records: Sequence[Mapping[str, float]], monitor: str = "accuracy") -> bytes:
    """Draw loss and accuracy of the training and the validation part by epoch.

    The loss of the training part is a mean over the epoch, dropout at work, while its weights are
    still changing; that of the validation part is taken at its end.

    Args:
        records: One record an epoch, as ``kosent.training.fit`` returns them; at least one.
        monitor: ``"accuracy"`` or ``"loss"``: what decided on the weights that were kept.

    Returns:
        A PNG file.

    Raises:
        RuntimeSetupError: If matplotlib or the font's package is not installed.
    """
    figure = new_figure(9, 3.6)
    epochs = [record["epoch"] for record in records]
    for axes, (figures, title) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
        for part, name in PARTS.items():
            axes.plot(epochs, [record[part + figures] for record in records], "o-", label=name)
        axes.axvline(kept_epoch(records, monitor), color="0.6", linestyle="--", label=KEPT)
        axes.set_title(title, fontproperties=font(11))
        axes.set_xlabel(EPOCH, fontproperties=font(9))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        legend(axes)
    return to_png(figure)


def kept_epoch(records: Sequence[Mapping[str, float]], monitor: str) -> float:
    """Return the number of the epoch whose weights a run keeps: the first of the best."""
    sign = 1 if monitor == "accuracy" else -1
    return max(records, key=lambda record: sign * record[f"val_{monitor}"])["epoch"]
