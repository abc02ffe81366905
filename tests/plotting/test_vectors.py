"""A sentence's vectors in two dimensions."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from kosent.plotting import vectors as plot
from kosent.plotting.vectors import principal_plane, sentence_picture

RNG = np.random.default_rng(3)


def test_the_plane_of_vectors_that_lie_in_one() -> None:
    flat = RNG.normal(size=(9, 2)) * [5, 1]
    basis = np.linalg.qr(RNG.normal(size=(6, 2)))[0].T  # (2, 6), orthonormal
    points, shares = principal_plane(flat @ basis + 7)
    assert shares.sum() == pytest.approx(1)
    assert shares[0] > shares[1] > 0
    distances = [np.linalg.norm(each[:, None] - each, axis=-1) for each in (points, flat)]
    np.testing.assert_allclose(*distances, atol=1e-12)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)
    assert (points[:, 0] @ points[:, 1]) == pytest.approx(0, abs=1e-9)


def test_the_axes_are_those_of_the_covariance() -> None:
    vectors = RNG.normal(size=(20, 5)) * [4, 1, 1, 1, 2]
    points, shares = principal_plane(vectors)
    values, directions = np.linalg.eigh(np.cov(vectors.T))
    np.testing.assert_allclose(shares, values[:-3:-1] / values.sum())
    expected = (vectors - vectors.mean(axis=0)) @ directions[:, :-3:-1]
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=1e-12)
    mirrored, _ = principal_plane(-vectors)
    np.testing.assert_allclose(mirrored, -points, atol=1e-12)  # the axes stay, so the points turn


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (2, 2)])
def test_few_vectors_or_dimensions(shape: tuple[int, int]) -> None:
    points, shares = principal_plane(RNG.normal(size=shape))
    assert points.shape == (shape[0], 2)
    assert np.isfinite(points).all()
    assert ((shares >= 0) & (shares <= 1)).all()


def test_the_picture_of_two_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = []
    label = plot._label
    monkeypatch.setattr(plot, "_label", lambda *given: labels.append(label(*given)) or labels[-1])
    tokens = ["영화가", "👍", "$x$", "긴" * 30, "영화가"]
    tables = {name: RNG.normal(size=(5, 3)).astype(np.float32) for name in ("cnn", "lstm")}
    cosines = np.array([0.5, -0.25, 1, 0, 0.5], np.float32)
    drawn = sentence_picture(tokens, tables, cosines).png()
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (1200, 900)
        assert len(image.convert("RGB").getcolors(1 << 20)) > 10
    assert labels == ["영화가 0.50", "<1F44D> -0.25", "$x$ 1.00", "긴" * 20 + "… 0.00"]
    assert drawn == sentence_picture(tokens, tables, cosines).png()
    apart = tables | {"lstm": tables["lstm"] + 1}
    assert drawn != sentence_picture(tokens, apart, cosines).png()


def test_a_single_token_of_one_table() -> None:
    drawn = sentence_picture(["<unk>"], {"embedding": np.ones((1, 4), np.float32)}).png()
    assert drawn.startswith(b"\x89PNG")
