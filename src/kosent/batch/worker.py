"""A process that predicts lists of texts for its parent until that is gone."""

from __future__ import annotations

import base64
import traceback
from typing import Any

import numpy as np

from kosent.errors import KosentError
from kosent.models.loading import load_versioned
from kosent.prediction.predictor import Predicted
from kosent.support.processes import Parent, at_most


def serve(bundle: str) -> None:
    """Load a model, tell which one it is, and predict what comes, with one thread.

    Args:
        bundle: The saved model.
    """
    parent = Parent()
    try:
        with at_most(1):
            predictor, sha256 = load_versioned(bundle)
            parent.send({"sha256": sha256})
            for texts in parent.lines():
                parent.send(packed(*predictor.predict_noted([texts])))
    except KosentError as error:
        parent.send({"error": [type(error).__name__, error.korean, error.english]})
    except Exception:
        parent.send({"bug": traceback.format_exc()})


def packed(found: Predicted) -> dict[str, Any]:
    """Return what a list of texts gets as JSON holds it, probabilities to their last bit."""
    data = np.ascontiguousarray(found.probabilities, "<f4").tobytes()
    return {
        "probabilities": base64.b64encode(data).decode("ascii"),
        "blank": found.blank,
        "cut": found.cut,
    }


def unpacked(document: dict[str, Any], classes: int) -> Predicted:
    """Undo :func:`packed`.

    Args:
        document: What it gave.
        classes: Number of columns.
    """
    data = base64.b64decode(document["probabilities"])
    probabilities = np.frombuffer(data, "<f4").reshape(-1, classes)
    return Predicted(probabilities, document["blank"], document["cut"])
