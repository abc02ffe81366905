"""``kosent inspect``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from kosent.bundles import model as bundles
from kosent.bundles.manifest import Saved, is_ensemble, open_saved
from kosent.errors import UsageError
from kosent.inspection.vectors import SentenceVectors, sentence_vectors, vectors_file
from kosent.language import said
from kosent.plotting.vectors import sentence_picture
from kosent.support.files import write_file
from kosent.support.paths import user_path
from kosent_cli.commands import COMMANDS
from kosent_cli.facts import (
    common_facts,
    ensemble_facts,
    ensemble_lines,
    figure_rows,
    file_rows,
    first_rows,
    settings,
)
from kosent_cli.options import Command, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.tables import table

_FIRST_TOKENS = 20

EXAMPLES = """\
kosent inspect --embeddings "정말 재밌는 영화"
kosent inspect --embeddings "정말 재밌는 영화" --picture vectors.png
kosent inspect runs/mine --top 20 --corpus nsmc
"""
KOREAN = """\
아무것도 실행하지 않습니다.

BUNDLE이 없으면 마지막으로 학습한 모델입니다.
"""
ENGLISH = """\
Nothing of the model is run.

Without BUNDLE it is the latest trained one.
"""


@click.command(
    "inspect", cls=Command, help=page(COMMANDS["inspect"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("bundle", required=False)
@click.option(
    "--embeddings",
    "sentence",
    metavar="TEXT",
    help=said("글의 토큰마다 벡터와 이웃", "vectors and neighbours of a text's tokens"),
)
@click.option(
    "--vectors",
    metavar="FILE",
    help=said("벡터를 .npz나 .npy 파일로", "write the vectors to .npz or .npy"),
)
@click.option(
    "--picture",
    metavar="FILE",
    help=said("벡터를 PNG나 SVG 그림으로", "draw the vectors, as PNG or SVG"),
)
@click.option(
    "--top",
    type=int,
    metavar="N",
    help=said(
        "라벨마다 으뜸 n-gram (ngrams 모델)", "n-grams that speak most for each label (ngrams)"
    ),
)
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    help=said(
        "--top의 n-gram을 찾을 말뭉치 (기본: 배운 것)",
        "corpus in which --top looks for n-grams (default: the one learned from)",
    ),
)
@json_option
def command(
    bundle: str | None,
    sentence: str | None,
    vectors: str | None,
    picture: str | None,
    top: int | None,
    corpus: str | None,
    as_json: bool,
) -> None:
    """Print what the bundle holds, once every file has been verified."""
    _check_top(top, corpus, sentence)
    path = choose_bundle(bundle)
    if top is not None:
        from kosent_cli.top_ngrams import show

        show(path, top, corpus, as_json)
        return
    if sentence is not None:
        found = sentence_vectors(bundles.read(path), sentence)
        _write_embeddings(found, vectors, picture)
        if as_json:
            emit_json(found.to_dict())
        else:
            emit_lines(_embedding_lines(found))
        return
    if vectors is not None or picture is not None:
        raise UsageError(
            "--vectors와 --picture는 --embeddings TEXT와 함께 씁니다",
            "--vectors and --picture go with --embeddings TEXT",
        )
    with open_saved(path) as saved:
        several = is_ensemble(saved.manifest)
        facts = ensemble_facts(saved) if several else _facts(saved)
    if as_json:
        emit_json(facts)
    else:
        emit_lines(ensemble_lines(facts) if several else _lines(facts))


def _check_top(top: int | None, corpus: str | None, sentence: str | None) -> None:
    if corpus is not None and top is None:
        raise UsageError("--corpus는 --top N과 함께 씁니다", "--corpus goes with --top N")
    if top is not None and sentence is not None:
        raise UsageError(
            "--top과 --embeddings는 함께 쓰지 못합니다", "--top and --embeddings do not go together"
        )


def _write_embeddings(found: SentenceVectors, vectors: str | None, picture: str | None) -> None:
    files = []
    if vectors is not None:
        files.append((user_path(vectors), vectors_file(found, Path(vectors).suffix)))
    if picture is not None:
        drawn = sentence_picture(found.tokens, found.vectors, found.cosines)
        files.append((user_path(picture), drawn.file(Path(picture).suffix)))
    for path, data in files:
        write_file(path, data)


def _embedding_lines(found: SentenceVectors) -> list[str]:
    lines: list[str] = []
    for name, vectors in found.vectors.items():
        rows = [[said("토큰", "token"), said("길이", "norm"), said("이웃", "neighbours")]]
        for token, vector, near in zip(found.tokens, vectors, found.neighbours[name], strict=True):
            alike = ", ".join(f"{other} {cosine:.2f}" for other, cosine in near)
            rows.append([token, f"{np.linalg.norm(vector):.3f}", alike])
        lines += [f"{name} ({vectors.shape[1]})", *table(rows), ""]
    if found.cosines is not None:
        rows = [[said("토큰", "token"), said("두 임베딩의 코사인", "cosine of the two")]]
        rows += [[t, f"{c:.3f}"] for t, c in zip(found.tokens, found.cosines, strict=True)]
        lines += table(rows)
    return lines


def _facts(opened: Saved) -> dict[str, Any]:
    saved, manifest, path = bundles.unpack(opened), opened.manifest, opened.path
    encoder, info = saved.encoder, saved.info
    tokenizer = encoder.tokenizer.state()
    return {
        "bundle": str(path),
        "format_version": manifest["format_version"],
        "kosent_version": info.get("kosent_version"),
        "labels": saved.labels,
        "network": {
            "name": saved.architecture.name,
            "parameters": _parameters(saved),
            "options": saved.architecture.options,
        },
        "encoder": {
            "cleaning": encoder.cleaner.preset,
            "cleaning_options": encoder.cleaner.options,
            "tokenizer": tokenizer.name,
            "tokenizer_options": tokenizer.settings,
            "max_length": encoder.max_length_,
            "min_count": encoder.min_count,
        },
        "vocabulary": {
            "size": len(encoder.vocabulary),
            "first_tokens": list(encoder.vocabulary.entries[:_FIRST_TOKENS]),
        },
        "calibration": info.get("calibration"),
        "start": info.get("start"),
        **common_facts(path, manifest),
    }


def _parameters(saved: bundles.Bundle) -> int | None:
    """Count the weights; a model reduced to int8 has none to count."""
    if saved.load_weights is None:
        return None
    return sum(int(array.size) for array in saved.load_weights().values())


def _lines(facts: dict[str, Any]) -> list[str]:
    network, encoder, vocabulary = facts["network"], facts["encoder"], facts["vocabulary"]
    rows = [
        *first_rows(facts),
        [said("신경망", "network"), f"{network['name']} ({settings(network['options'])})"],
        [said("매개변수", "parameters"), _count(network["parameters"])],
        [said("정리", "cleaning"), _named(encoder["cleaning"], encoder["cleaning_options"])],
        [
            said("토크나이저", "tokenizer"),
            _named(encoder["tokenizer"], encoder["tokenizer_options"]),
        ],
        [said("최대 길이", "max length"), str(encoder["max_length"])],
        [said("어휘", "vocabulary"), f"{vocabulary['size']:,}"],
        [said("처음 토큰", "first tokens"), " ".join(vocabulary["first_tokens"])],
        *figure_rows(facts),
        [
            said("보정", "calibration"),
            settings(facts["calibration"]) if facts["calibration"] else "-",
        ],
        *_start_rows(facts["start"]),
        *file_rows(facts),
    ]
    return table(rows)


def _start_rows(start: dict[str, Any] | None) -> list[list[str]]:
    if not start:
        return []
    about = {name: value for name, value in start.items() if name not in ("name", "labels")}
    return [[said("이어받은 모델", "started from"), _named(start["name"], about)]]


def _count(parameters: int | None) -> str:
    return (
        said("int8, 예측 전용", "int8, prediction only")
        if parameters is None
        else f"{parameters:,}"
    )


def _named(name: str, options: dict[str, Any]) -> str:
    return f"{name} ({settings(options)})" if options else name
