"""A network whose only weights are those of its ONNX form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kosent import TextClassifier
from kosent.errors import BundleError
from kosent.models.trained import Trained

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("options", [{"units": 4}, {"filters": 3}, {"longest": 1}, {"depth": 2}])
def test_a_network_that_is_not_what_is_named_is_said(options: dict[str, Any]) -> None:
    trained = TextClassifier.load(GOLDEN / "format-2-ngram_gru-int8.kosent").trained_
    assert trained.load_weights is None
    assert trained.weights()
    design = trained.design
    changed = replace(design, options={**design.options, **options})
    with pytest.raises(BundleError, match="is not the network that is named"):
        Trained(changed, trained.network, None).weights()
