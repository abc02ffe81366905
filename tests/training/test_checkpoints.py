from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent.errors import DataError

STATE: dict[str, Any] = {
    "model": {"embedding/embeddings": np.arange(6, dtype=np.float32).reshape(2, 3)},
    "optimizer": {"0000": np.array(7), "0001": np.array([0.5], np.float32)},
    "best": {"embedding/embeddings": np.ones((2, 3), np.float32)},
    "callbacks": {"stopping": {"wait": 1.0, "best": 0.75}},
    "history": [{"epoch": 1, "loss": 0.5}],
}


def save(folder: Path, epoch: int) -> Path:
    from kosent.training.checkpoints import Checkpoint
    from kosent.training.checkpoints import save as write

    write(folder, Checkpoint(epoch=epoch, **STATE))
    return folder / f"epoch-{epoch:04d}"


def load(folder: Path) -> Any:
    from kosent.training.checkpoints import load_latest

    return load_latest(folder)


def test_round_trip(tmp_path: Path) -> None:
    save(tmp_path, 3)
    loaded = load(tmp_path)
    assert loaded.epoch == 3
    assert (loaded.callbacks, loaded.history) == (STATE["callbacks"], STATE["history"])
    for part in ("model", "optimizer", "best"):
        arrays = getattr(loaded, part)
        assert arrays.keys() == STATE[part].keys()
        for name, array in arrays.items():
            assert array.dtype == STATE[part][name].dtype
            assert np.array_equal(array, STATE[part][name])


def test_only_the_newest_stays(tmp_path: Path) -> None:
    save(tmp_path, 9)
    save(tmp_path, 10)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-0010"]


def test_the_newest_of_two_is_read(tmp_path: Path) -> None:
    """As after a kill between writing one and removing the other."""
    kept = tmp_path / "kept"
    shutil.copytree(save(tmp_path, 1), kept)
    save(tmp_path, 2)
    kept.rename(tmp_path / "epoch-0001")
    assert load(tmp_path).epoch == 2


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "absent") is None
    assert load(tmp_path) is None


def test_a_half_written_one_is_not_seen(tmp_path: Path) -> None:
    half = save(tmp_path, 4)
    (half / "state.json").unlink()
    half.rename(tmp_path / ".epoch-0004.12ab34cd.tmp")
    assert load(tmp_path) is None
    save(tmp_path, 3)
    assert load(tmp_path).epoch == 3


@pytest.mark.parametrize(
    "name", ["model.safetensors", "optimizer.safetensors", "best.safetensors", "state.json"]
)
def test_damage_is_a_data_error(tmp_path: Path, name: str) -> None:
    path = save(tmp_path, 1) / name
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    positions = {0, len(whole) - 1, *rng.integers(0, len(whole), 40).tolist()}
    for position in sorted(positions):
        broken = bytearray(whole)
        broken[position] ^= 1 << int(rng.integers(8))
        path.write_bytes(broken)
        with pytest.raises(DataError, match="cannot read checkpoint"):
            load(tmp_path)
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match="cannot read checkpoint"):
            load(tmp_path)
    path.unlink()
    with pytest.raises(DataError, match="delete it to train from the start"):
        load(tmp_path)
    path.write_bytes(whole)
    assert load(tmp_path).epoch == 1


def test_clear_removes_all_and_nothing_else(tmp_path: Path) -> None:
    from kosent.training.checkpoints import clear

    save(tmp_path, 2)
    (tmp_path / "notes.txt").write_text("mine")
    clear(tmp_path)
    clear(tmp_path / "absent")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_assign_refuses_other_names_and_shapes() -> None:
    import keras

    from kosent.training.checkpoints import arrays, assign

    variables = {"a": keras.Variable(np.zeros((2, 2), np.float32))}
    with pytest.raises(DataError, match=r"names \['b'\]"):
        assign(variables, {"a": np.ones((2, 2)), "b": np.ones(1)})
    with pytest.raises(DataError, match="expected"):
        assign(variables, {"a": np.ones((2, 3))})
    assign(variables, {"a": np.ones((2, 2))})
    assert np.array_equal(arrays(variables)["a"], np.ones((2, 2)))
