"""Hostile documents, archives, names and places."""

from __future__ import annotations

import io
import os
import shutil
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile_changes import FILES, GOLDEN, Change, content, document, instead, manifest
from kosent.support.signed import sha256, to_signed_json

TOKENIZER = {"name": "sentencepiece", "settings": {"model_file": "card.md"}, "files": []}
DOCUMENTS: dict[str, Change] = {
    "a setting that names a file": document("encoder.json", lambda e: e | {"tokenizer": TOKENIZER}),
    "120 MB of probes": document("probes.json", lambda probes: probes * 40_000),
    "probes of a megabyte": document("probes.json", lambda p: [p[0] | {"text": "가" * 10**6}]),
    "a probability of 1e400": document(
        "probes.json", lambda p: [p[0] | {"probabilities": [10**400, 0]}]
    ),
    "63 MB of a manifest": document("manifest.json", lambda m: m | {"x": [0] * 9_000_000}),
    "a manifest of 21 million objects": document(
        "manifest.json", lambda _: b'{"format":"kosent-bundle","a":[' + b"{}," * 21_000_000
    ),
    **{
        f"deep {name}": document(name, lambda _: b'[{"a":' * 10**6)
        for name in FILES
        if name.endswith(".json")
    },
}
PLACES: dict[str, Change] = {
    **{f"a pipe for {name}": instead(name, os.mkfifo) for name in FILES},
    **{
        f"{target} for {name}": instead(name, lambda path, to=target: path.symlink_to(to))
        for name in (*FILES, "weights.safetensors")
        for target in ("/dev/zero", "/dev/stdin", "/etc/hostname")
    },
}

NO_LABELS: dict[str, Any] = {
    "none": [], "one": [0], "twice": [0, 0], "mixed": [0, "1"], "nested": [[0], [1]],
    "fractions": [0.5, 1.5], "a text": "01", "an object": {"0": 1}, "null": None,
    "three": [0, 1, 2], "200,000": list(range(200_000)),
}  # fmt: skip
NO_VERSION = (0, -1, 10**9, 10**400, "2", 2.5, None, [2], True)
NO_FILES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "null": lambda _: None,
    "a list": list,
    "none": lambda _: {},
    "one that is not there": lambda f: f | {"more": {"size": 1, "sha256": "0" * 64}},
    "101": lambda f: f | {f"f{n}": {"size": 1, "sha256": "0" * 64} for n in range(101)},
    "a size below 0": lambda f: f | {"card.md": f["card.md"] | {"size": -1}},
    "a size of 2**63": lambda f: f | {"model.onnx": f["model.onnx"] | {"size": 2**63}},
    "a size of 1.5": lambda f: f | {"card.md": f["card.md"] | {"size": 1.5}},
    "a size that is true": lambda f: f | {"card.md": f["card.md"] | {"size": True}},
    "a size in words": lambda f: f | {"card.md": f["card.md"] | {"size": "574"}},
    "no checksum": lambda f: f | {"card.md": {"size": 574}},
    "a checksum that is a number": lambda f: f | {"card.md": f["card.md"] | {"sha256": 0}},
    "a checksum in capitals": lambda f: (
        f | {"card.md": {"size": 574, "sha256": f["card.md"]["sha256"].upper()}}
    ),
    "an entry that is none": lambda f: f | {"card.md": None},
    **{
        f"the name {name!r}": lambda f, name=name: f | {name: {"size": 1, "sha256": "0" * 64}}
        for name in (
            "../card.md",
            "/etc/hostname",
            "a/b",
            "",
            ".",
            "..",
            "a\0b",
            "\ud800",
            "x" * 300,
        )
    },
}
NO_THRESHOLDS: dict[str, Any] = {
    "for one label": [0.5], "above 1": [0.5, 2], "below 0": [-0.5, 0.5], "in words": ["0.5", "0.5"],
    "true": [True, False], "a number": 0.5, "null": None,
}  # fmt: skip


def with_(**values: Any) -> Change:
    return manifest(lambda found: found | values)


MANIFESTS: dict[str, Change] = {
    **{f"labels: {name}": with_(labels=labels) for name, labels in NO_LABELS.items()},
    **{f"version {version!r:.20}": with_(format_version=version) for version in NO_VERSION},
    **{
        f"files: {name}": manifest(lambda m, change=change: m | {"files": change(m["files"])})
        for name, change in NO_FILES.items()
    },
    **{
        f"thresholds {name}": with_(thresholds=each, format_version=3)
        for name, each in NO_THRESHOLDS.items()
    },
    **{
        f"format {kind!r}": with_(format=kind)
        for kind in ("kosent-ensemble", "kosent", "", None, 7, ["kosent-bundle"])
    },
    **{
        f"without {key}": manifest(lambda m, key=key: {k: m[k] for k in m if k != key})
        for key in ("format", "format_version", "labels", "info", "files")
    },
    **{f"info {info!r}": with_(info=info) for info in (None, [], {}, {"parameters": []}, "info")},
    **{
        f"parameters: {name}={value!r:.20}": manifest(
            lambda m, name=name, value=value: (
                m | {"info": m["info"] | {"parameters": m["info"]["parameters"] | {name: value}}}
            )
        )
        for name, value in (*(("unknown", 1), ("self", 1), ("__class__", "x"), ("fit", None)),)
    },
}
BYTES: dict[str, Change] = {
    f"{name}: {what}": content(name, change)
    for name in ("encoder.json", "architecture.json", "probes.json")
    for what, change in {
        "empty": lambda _: b"",
        "null": lambda _: b"null",
        "a number": lambda _: b"7",
        "UTF-16": lambda data: data.decode().encode("utf-16"),
        "cut": lambda data: data[:-9],
        "NaN": lambda data: data.replace(b": 1,", b": NaN,", 1).replace(b"0.", b"NaN", 1) + b"]",
        "no UTF-8": lambda data: data + b"\xff\xfe",
    }.items()
}
BYTES |= {
    "vocab.txt: empty": content("vocab.txt", lambda _: b""),
    "vocab.txt: no UTF-8": content("vocab.txt", lambda data: data + b"\xff\n"),
    "vocab.txt: twice": content("vocab.txt", lambda data: data + data),
    "vocab.txt: 20 million lines": content("vocab.txt", lambda data: data + b"\n" * 20_000_000),
    "vocab.txt: one line of 50 MB": content("vocab.txt", lambda data: data + b"x" * 50_000_000),
    "vocab.txt: other letters": content(
        "vocab.txt", lambda data: unicodedata.normalize("NFD", data.decode()).encode()
    ),
    "card.md: no UTF-8": content("card.md", lambda data: data + b"\xff"),
    "card.md: 20 MB": content("card.md", lambda data: data * 40_000),
}
ENCODERS: dict[str, Change] = {
    f"encoder: {key}={value!r:.30}": document("encoder.json", lambda e, k=key, v=value: e | {k: v})
    for key, value in (
        *(("format", 99), ("format", None), ("cleaning", "eval"), ("cleaning", {"a": "b"})),
        *(("cleaning", 7), ("tokenizer", None), ("tokenizer", {"name": "okt"})),
        ("tokenizer", {"name": "os", "settings": {}, "files": []}),
        ("tokenizer", {"name": "character", "settings": {"spaces": []}, "files": []}),
        ("tokenizer", {"name": "character", "settings": {"x": 1}, "files": []}),
        ("tokenizer", {"name": "character", "settings": {}, "files": ["/etc/hostname"]}),
        ("tokenizer", {"name": "sentencepiece", "settings": {}, "files": ["card.md"]}),
        *(("vocabulary", None), ("vocabulary", {"entries": 10**12, "size_limit": 1})),
        ("vocabulary", {"entries": -1, "size_limit": 16000, "min_count": 1}),
        ("max_length", {"asked": 10**12, "learned": 10**12}),
        *(
            ("max_length", {"asked": -1, "learned": -1}),
            ("max_length", "long"),
            ("max_length", None),
        ),
    )
}
ARCHITECTURES: dict[str, Change] = {
    f"architecture: {key}={value!r:.30}": document(
        "architecture.json", lambda e, k=key, v=value: e | {k: v}
    )
    for key, value in (
        *(("name", "../gru"), ("name", None), ("name", ["gru"]), ("name", "Lambda")),
        *(("vocabulary_size", 10**12), ("vocabulary_size", -1), ("vocabulary_size", "56")),
        *(("options", None), ("options", []), ("options", {"units": 10**12})),
        *(("options", {"units": -1}), ("options", {"units": "3"}), ("options", {"code": "x"})),
        ("multilabel", True),
    )
}


def packed(change: Callable[[zipfile.ZipFile], object], **options: Any) -> Change:
    """Make one file of the model, and change it."""

    def changed(path: Path) -> None:
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", **options) as archive:
            for file in sorted(path.iterdir()):
                archive.write(file, file.name)
            change(archive)
        shutil.rmtree(path)
        path.with_suffix(".zip").rename(path)

    return changed


def torn(change: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of the model in one file."""

    def changed(path: Path) -> None:
        packed(lambda _: None)(path)
        path.write_bytes(change(path.read_bytes()))

    return changed


def encrypted(data: bytes) -> bytes:
    return data.replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")


def ensemble(members: int, weights: Any, bias: Any, **facts: Any) -> Change:
    """Make an ensemble of copies of the model."""

    def changed(path: Path) -> None:
        member = io.BytesIO()
        with zipfile.ZipFile(member, "w") as archive:
            for file in sorted(path.iterdir()):
                archive.write(file, file.name)
        files = {f"member-{n}.kosent": member.getvalue() for n in range(members)}
        files |= {name: (path / name).read_bytes() for name in ("probes.json", "card.md")}
        about = {n: {"size": len(data), "sha256": sha256(data)} for n, data in files.items()}
        document = {
            "format": "kosent-ensemble", "format_version": 1, "labels": [0, 1], "info": {},
            "weights": weights, "bias": bias, "files": about, **facts,
        }  # fmt: skip
        shutil.rmtree(path)
        path.mkdir()
        for name, data in files.items():
            (path / name).write_bytes(data)
        (path / "manifest.json").write_bytes(to_signed_json(document, "manifest_sha256"))

    return changed


def within(name: str, change: Change) -> Change:
    """Make an ensemble whose members are a hostile model."""

    def changed(path: Path) -> None:
        change(path)
        ensemble(64, [1 / 64] * 64, [0, 0])(path)

    changed.__name__ = name
    return changed


ARCHIVES: dict[str, Change] = {
    "a deflated archive": packed(lambda _: None, compression=zipfile.ZIP_DEFLATED),
    "an archive in LZMA": packed(lambda _: None, compression=zipfile.ZIP_LZMA),
    "a bomb": packed(
        lambda z: z.writestr("bomb", b"0" * 10**8, compress_type=zipfile.ZIP_DEFLATED)
    ),
    "an encrypted archive": torn(encrypted),
    "an archive twice": torn(lambda data: data + data),
    "something before the archive": torn(lambda data: b"#!/bin/sh\n" + data),
    "something after the archive": torn(lambda data: data + b"more"),
    "an empty archive": torn(lambda _: b"PK\5\6" + bytes(18)),
    "an empty file": torn(lambda _: b""),
    "a file of zeros": torn(lambda _: bytes(10**6)),
    "an archive of 70,000": packed(
        lambda z: [z.writestr(f"{n}", b"") for n in range(70_000)] and None
    ),
    "a list that is elsewhere": torn(lambda data: data[:-6] + struct.pack("<I", 2**31) + data[-2:]),
    "a list that is too long": torn(lambda data: data[:-10] + struct.pack("<I", 2**31) + data[-6:]),
    **{
        f"an archive cut at {share} %": torn(lambda data, s=share: data[: len(data) * s // 100])
        for share in (1, 25, 50, 75, 99)
    },
    **{
        f"a member {name!r:.20}": packed(lambda z, name=name: z.writestr(name, b"x"))
        for name in ("../x", "/etc/x", "a/b", "a\\b", "..", "C:x/y")
    },
}
ENSEMBLES: dict[str, Change] = {
    "an ensemble of one": ensemble(1, [1], [0, 0]),
    "an ensemble of 65": ensemble(65, [1 / 65] * 65, [0, 0]),
    "weights for another number": ensemble(2, [1], [0, 0]),
    "a weight below 0": ensemble(2, [2, -1], [0, 0]),
    "a weight of 1e400": ensemble(2, [10**400, 1], [0, 0]),
    "weights in words": ensemble(2, ["1", "1"], [0, 0]),
    "biases for another number": ensemble(2, [0.5, 0.5], [0]),
    "a bias of 1e308": ensemble(2, [0.5, 0.5], [1e308, -1e308]),
    "other labels": ensemble(2, [0.5, 0.5], [0, 0], labels=["a", "b"]),
    "info that is none": ensemble(2, [0.5, 0.5], [0, 0], info=[]),
    "an ensemble of tomorrow": ensemble(2, [0.5, 0.5], [0, 0], format_version=99),
    "members that are not there": ensemble(2, [1 / 3] * 3, [0, 0]),
}


def itself(path: Path) -> None:
    """Make an ensemble whose members are ensembles."""
    ensemble(2, [0.5, 0.5], [0, 0])(path)
    ensemble(2, [0.5, 0.5], [0, 0])(path)


ENSEMBLES["an ensemble of ensembles"] = itself
LINKS: dict[str, Change] = {
    "a folder for the manifest": instead("manifest.json", Path.mkdir),
    "a folder for the network": instead("model.onnx", Path.mkdir),
    "a link to itself": instead("model.onnx", lambda path: path.symlink_to(path.name)),
    "a link to another folder": instead(
        "model.onnx", lambda path: path.symlink_to(GOLDEN / "model.onnx")
    ),
    "a link to the folder": instead("card.md", lambda path: path.symlink_to(".")),
    "a socket": instead("card.md", lambda path: os.mknod(path, 0o140600)),
    "no network": lambda path: (path / "model.onnx").unlink(),
    "no manifest": lambda path: (path / "manifest.json").unlink(),
    "an empty folder": lambda path: (shutil.rmtree(path), path.mkdir()),
}
