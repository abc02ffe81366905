"""The learning curves of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kosent.language import Language
from kosent.plotting.canvas import dress, legend, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Records = Sequence[Mapping[str, float]]

PANELS = {"loss": ("손실", "loss"), "accuracy": ("정확도", "accuracy")}
PARTS = {"": ("학습", "training"), "val_": ("검증", "validation")}
EPOCH = ("에포크", "epoch")
KEPT = ("남긴 가중치", "weights kept")
_ALT = (
    "에포크 {epochs}개의 학습 곡선: 남긴 에포크 {kept}에서 검증 손실 {loss:.4f}, 검증 정확도 "
    "{accuracy:.4f}, 마지막 에포크에서 {last_loss:.4f}, {last:.4f}",
    "Learning curves over {epochs} epochs: validation loss {loss:.4f} and accuracy {accuracy:.4f} "
    "in epoch {kept}, whose weights were kept; {last_loss:.4f} and {last:.4f} in the last",
)


def learning_curves(
    records: Records, monitor: str = "accuracy", *, language: Language = "both"
) -> Picture:
    """Draw loss and accuracy of the training and the validation part by epoch.

    The loss of the training part is a mean over the epoch, dropout at work, while its weights are
    still changing; that of the validation part is taken at its end.

    Args:
        records: One record an epoch, as ``kosent.training.fit`` returns them; at least one.
        monitor: ``"accuracy"`` or ``"loss"``: what decided on the weights that were kept.
        language: That of its words.
    """
    kept = kept_epoch(records, monitor)
    best = next(record for record in records if record["epoch"] == kept)
    alt = words(_ALT, language).format(
        epochs=len(records), kept=kept, loss=best["val_loss"], accuracy=best["val_accuracy"],
        last_loss=records[-1]["val_loss"], last=records[-1]["val_accuracy"],
    )  # fmt: skip
    return Picture("curves", alt, lambda palette: _figure(records, kept, palette, language))


def _figure(records: Records, kept: float, palette: Palette, language: Language) -> Figure:
    figure = new_figure(9, 3.6, palette)
    epochs = [record["epoch"] for record in records]
    for axes, (name, title) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
        for number, (part, called) in enumerate(PARTS.items()):
            values = [record[part + name] for record in records]
            called_so = words(called, language)
            axes.plot(epochs, values, "o-", color=palette.line(number), label=called_so)
        axes.axvline(
            kept, color=palette.ink, linestyle="--", alpha=0.6, label=words(KEPT, language)
        )
        axes.xaxis.get_major_locator().set_params(integer=True)
        dress(axes, palette, title=words(title, language), x=words(EPOCH, language))
        legend(axes, palette)
    return figure


def kept_epoch(records: Records, monitor: str) -> float:
    """Return the number of the epoch whose weights a run keeps: the first of the best."""
    sign = 1 if monitor == "accuracy" else -1
    return max(records, key=lambda record: sign * record[f"val_{monitor}"])["epoch"]
