from __future__ import annotations

from pathlib import Path

import pytest

from kosent.corpora.fetching import locations


def test_kosent_data_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KOSENT_DATA", str(tmp_path))
    assert locations.data_folder() == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KOSENT_DATA", "~/corpora")
    assert locations.data_folder() == tmp_path / "corpora"


@pytest.mark.parametrize("value", [None, ""])
def test_the_default_is_the_user_cache_and_is_not_made(
    value: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("KOSENT_DATA", raising=False)
    else:
        monkeypatch.setenv("KOSENT_DATA", value)
    assert locations.data_folder() == tmp_path / "kosent" / "corpora"
    assert list(tmp_path.iterdir()) == []


def test_the_bundled_folder_is_the_package_data_or_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "kosent" / "corpora"
    package.mkdir(parents=True)
    monkeypatch.setattr(locations, "__file__", str(package / "fetching" / "locations.py"))
    assert locations.bundled_folder() == tmp_path / "corpora"
    (package / "data").mkdir()
    assert locations.bundled_folder() == package / "data"
