"""What ``kosent inspect`` says of any saved model, and of an ensemble."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kosent.bundles import ensemble as ensemble_file
from kosent.bundles.manifest import MANIFEST, Saved
from kosent.bundles.model import unpack
from kosent.language import said
from kosent_cli.reports import member_rows
from kosent_cli.tables import table


def common_facts(path: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every manifest says, beside what kind of model it is.

    Args:
        path: The saved model.
        manifest: Its manifest.
    """
    info = manifest["info"]
    own = {MANIFEST: (path / MANIFEST).stat().st_size} if path.is_dir() else {}
    return {
        "figures": {name: _figures(info.get(name)) for name in ("validation", "test")},
        "rows": info.get("rows"),
        "corpus": info.get("corpus"),
        "thresholds": manifest.get("thresholds"),
        "files": {**own, **{name: each["size"] for name, each in manifest["files"].items()}},
    }


def first_rows(facts: Mapping[str, Any]) -> list[list[str]]:
    """Return what every model is, as rows of a table."""
    return [
        [said("모델", "model"), facts["bundle"]],
        [
            said("형식, kosent", "format, kosent"),
            f"{facts['format_version']}, {facts['kosent_version']}",
        ],
        [said("라벨", "labels"), ", ".join(map(str, facts["labels"]))],
        *([_thresholds(facts)] if facts["thresholds"] else []),
    ]


def _thresholds(facts: Mapping[str, Any]) -> list[str]:
    pairs = zip(facts["labels"], facts["thresholds"], strict=True)
    listed = ", ".join(f"{label} {least:.4f}" for label, least in pairs)
    return [said("문턱 (라벨이 여럿)", "thresholds (several labels)"), listed]


def figure_rows(facts: Mapping[str, Any]) -> list[list[str]]:
    """Return corpus and figures as rows of a table."""
    corpus = facts["corpus"] or {}
    return [
        [said("말뭉치", "corpus"), str(corpus.get("name", "-"))],
        *(
            [f"{said('줄', 'rows')} {name}", settings(each)]
            for name, each in corpus.get("rows", {}).items()
        ),
        *(
            [f"{said('수치', 'figures')} {name}", settings(scores) if scores else "-"]
            for name, scores in facts["figures"].items()
        ),
    ]


def file_rows(facts: Mapping[str, Any]) -> list[list[str]]:
    """Return the files and their sizes as rows of a table."""
    return [
        [f"{said('파일', 'file')} {name}", f"{size:,}"] for name, size in facts["files"].items()
    ]


def settings(values: Mapping[str, Any]) -> str:
    """Return names and values as text."""
    return ", ".join(f"{key}={json.dumps(v, ensure_ascii=False)}" for key, v in values.items())


def ensemble_facts(opened: Saved) -> dict[str, Any]:
    """Return what an ensemble holds, once every file of it and of its members was verified.

    Raises:
        BundleError: If it is damaged.
    """
    saved, manifest, path = ensemble_file.unpack(opened), opened.manifest, opened.path
    for read in saved.members.values():
        read(unpack)
    members = zip(saved.info["members"], saved.weights, strict=True)
    return {
        "bundle": str(path),
        "format_version": manifest["format_version"],
        "kosent_version": saved.info.get("kosent_version"),
        "labels": saved.labels,
        "members": [{**member, "weight": weight} for member, weight in members],
        "bias": saved.bias,
        "weighting": saved.info["weighting"],
        "int8": saved.info.get("int8"),
        **common_facts(path, manifest),
    }


def ensemble_lines(facts: Mapping[str, Any]) -> list[str]:
    """Return the facts of an ensemble as lines."""
    members = member_rows([(member, member["weight"]) for member in facts["members"]])
    weighting = {name: facts["weighting"][name] for name in ("ece_before", "ece_after", "rows")}
    rows = [
        *first_rows(facts),
        *(
            [f"{said('모델', 'member')} {name}", f"{weight} ({score})"]
            for name, weight, score in members
        ),
        [said("치우침", "bias"), ", ".join(f"{each:.3f}" for each in facts["bias"])],
        *figure_rows(facts),
        [said("무게", "weighting"), settings(weighting)],
        *file_rows(facts),
    ]
    return table(rows)


def _figures(scores: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not scores:
        return None
    several = ("micro_f1", "lrap") if "lrap" in scores else ()
    return {name: scores[name] for name in (*several, "accuracy", "macro_f1", "rows")}
