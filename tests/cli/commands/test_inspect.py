"""``kosent inspect``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kosent import TextClassifier
from kosent.bundles import model as bundle
from kosent.inspection.vectors import sentence_vectors


def test_json(kosent: Callable[..., Any], home: Path) -> None:
    (bundle,) = Path("runs").glob("*/bundle")
    outcome = kosent("inspect", "--json")
    assert outcome.code == 0
    assert str(bundle) in outcome.err
    facts = outcome.json
    model = TextClassifier.load(bundle)
    assert facts["labels"] == ["negative", "positive"]
    assert facts["network"]["name"] == "lstm"
    assert facts["network"]["parameters"] == model.model_.count_params()
    assert facts["network"]["options"]["units"] == 4
    assert facts["encoder"]["tokenizer"] == "whitespace"
    assert facts["encoder"]["max_length"] == model.encoder_.max_length_
    assert facts["vocabulary"]["size"] == len(model.encoder_.vocabulary)
    assert facts["vocabulary"]["first_tokens"][:2] == ["<pad>", "<unk>"]
    assert facts["files"] == {path.name: path.stat().st_size for path in bundle.iterdir()}
    assert facts["figures"]["test"]["rows"] == 120
    assert facts["calibration"] == model.info_["calibration"]
    assert facts["calibration"]["temperature"] > 0
    assert facts["corpus"]["name"] == "sample"
    assert facts["rows"] == {"train": 108, "validation": 12}


def test_lines(kosent: Callable[..., Any], home: Path) -> None:
    (run,) = Path("runs").iterdir()
    out = kosent("inspect", str(run)).out  # the folder of the run will do
    for shown in ("negative, positive", "units=4", "manifest.json", "over limit", "temperature="):
        assert shown in out


def test_a_model_the_library_saved(kosent: Callable[..., Any], saved: Path) -> None:
    assert kosent("inspect", str(saved), "--json").json["corpus"] is None
    assert kosent("inspect", str(saved)).code == 0


@pytest.mark.usefixtures("elsewhere")
def test_no_bundle(refused: Callable[..., str]) -> None:
    assert "not a kosent bundle" in refused(4, "inspect", "nowhere")


@pytest.mark.usefixtures("elsewhere")
def test_the_packaged_model_where_nothing_was_trained(kosent: Callable[..., Any]) -> None:
    document = kosent("inspect", "--json").json
    assert document["labels"] == ["negative", "positive"]


def test_embeddings(kosent: Callable[..., Any], saved: Path, elsewhere: Path) -> None:
    asked = ("inspect", str(saved), "--embeddings", "영화가 너무")
    found = sentence_vectors(bundle.read(saved), "영화가 너무")
    assert kosent(*asked, "--json").json == found.to_dict() | {
        "tables": {
            "embedding": {
                "vectors": found.vectors["embedding"].tolist(),
                "neighbours": [
                    [list(pair) for pair in row] for row in found.neighbours["embedding"]
                ],
            }
        }
    }
    out = kosent(*asked, "--vectors", "vectors.npz").out
    for token, near in zip(found.tokens, found.neighbours["embedding"], strict=True):
        (line,) = [line for line in out.splitlines() if line.startswith(token)]
        assert near[0][0] in line
    with np.load(elsewhere / "vectors.npz", allow_pickle=False) as written:
        np.testing.assert_array_equal(written["embedding"], found.vectors["embedding"])


def test_vectors_of_one_table_in_npy(
    kosent: Callable[..., Any], saved: Path, elsewhere: Path
) -> None:
    asked = ("inspect", str(saved), "--embeddings", "영화가 너무", "--vectors", "vectors.npy")
    assert kosent(*asked).code == 0
    found = sentence_vectors(bundle.read(saved), "영화가 너무")
    written = np.load(elsewhere / "vectors.npy", allow_pickle=False)
    np.testing.assert_array_equal(written, found.vectors["embedding"])


def test_a_picture(kosent: Callable[..., Any], saved: Path, elsewhere: Path) -> None:
    asked = ("inspect", str(saved), "--embeddings", "영화가 너무 👍", "--picture", "vectors.png")
    assert kosent(*asked).code == 0
    with Image.open(elsewhere / "vectors.png") as image:
        image.verify()


def test_a_wrong_name_writes_nothing(
    refused: Callable[..., str], saved: Path, elsewhere: Path
) -> None:
    asked = (
        "inspect",
        str(saved),
        "--embeddings",
        "글",
        "--picture",
        "p.png",
        "--vectors",
        "v.csv",
    )
    assert "must end in one of .npz, .npy. Received: '.csv'" in refused(2, *asked)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("option", ["--vectors", "--picture"])
def test_vectors_of_nothing(refused: Callable[..., str], saved: Path, option: str) -> None:
    assert "--embeddings" in refused(2, "inspect", str(saved), option, "x")
