"""Keras in a process of kosent's own takes nothing along, and others still find it."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import sys
from kosent.support.lean import keep_keras_lean
keep_keras_lean()
import numpy as np
import keras
print(sorted({"sklearn", "pandas", "matplotlib"} & set(sys.modules)))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
assert model(np.ones((3, 2), "float32")).shape == (3, 1)
import sklearn.linear_model, pandas, matplotlib.pyplot
print(pandas.DataFrame({"a": [1]}).shape)
"""


@pytest.mark.slow
def test_keras_is_imported_alone() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "(1, 1)"]
