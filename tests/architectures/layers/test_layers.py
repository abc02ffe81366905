from __future__ import annotations

import numpy as np
import pytest

from kosent.text.vocabulary import PADDING_ID


@pytest.fixture
def layers() -> object:
    from kosent.architectures import layers

    return layers


@pytest.fixture
def net(layers) -> object:
    return layers.KerasBuilder(7, 2)


def test_padding_id_is_the_encoders(layers) -> None:
    assert layers.PADDING_ID == PADDING_ID


def test_mask_is_true_at_tokens(layers) -> None:
    mask = layers.token_mask(np.array([[5, 1, PADDING_ID]], np.int32))
    assert np.asarray(mask).tolist() == [[True, True, False]]


def test_maximum_ignores_padding_and_is_zero_without_tokens(layers, net) -> None:
    x = np.array([[[-3.0], [-2.0], [7.0]], [[4.0], [5.0], [6.0]]], np.float32)  # (B, T, C)
    mask = np.array([[True, True, False], [False, False, False]])
    steps = layers.Steps(x, mask)
    assert np.asarray(net.max_over_time(steps)).tolist() == [[-2.0], [0.0]]


def test_zero_padding_clears_only_padding(layers) -> None:
    x = np.ones((1, 3, 2), np.float32)
    cleared = np.asarray(layers.zero_padding(x, np.array([[True, False, True]])))
    assert cleared.tolist() == [[[1, 1], [0, 0], [1, 1]]]


@pytest.mark.parametrize("length", [5, 6, 7, 8])
def test_pooling_windows_start_at_the_first_token(layers, net, length: int) -> None:
    x = np.zeros((1, length, 1), np.float32)
    x[0, :5, 0] = [1, 9, 2, 3, 4]
    mask = np.arange(length)[None] < 5
    pooled, kept = net.pool_in_steps(layers.Steps(x, mask), 2)
    assert np.asarray(pooled)[0, :3, 0].tolist() == [9, 3, 4]
    assert np.asarray(kept)[0, :3].tolist() == [True, True, True]
    assert not np.asarray(kept)[0, 3:].any()
    assert pooled.shape[1] == kept.shape[1] == -(-length // 2)
