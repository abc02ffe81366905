"""The table of commands.

A command's module is imported when the command runs, so that ``kosent --help`` is instant: 0.06 s.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import click

from kosent.support.language import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table of commands.

    Attributes:
        summary: What the command does.
        load: Imports the command's module and returns the command.
    """

    summary: Message
    load: Callable[[], click.Command]


def _one_thread_for_numpy() -> None:
    """Spare NumPy's BLAS its threads: starting them costs 0.1 s of processor time, and nothing
    here multiplies matrices with NumPy.
    """  # noqa: D205
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _train() -> click.Command:
    from kosent_cli.commands.train import command

    return command


def _distill() -> click.Command:
    from kosent_cli.commands.distill import command

    return command


def _predict() -> click.Command:
    _one_thread_for_numpy()
    from kosent_cli.commands.predict import command

    return command


def _evaluate() -> click.Command:
    from kosent_cli.commands.evaluate import command

    return command


def _stress() -> click.Command:
    from kosent_cli.commands.stress import command

    return command


def _bench() -> click.Command:
    from kosent_cli.commands.bench import command

    return command


def _trace() -> click.Command:
    _one_thread_for_numpy()
    from kosent_cli.commands.trace import command

    return command


def _stats() -> click.Command:
    from kosent_cli.commands.stats import command

    return command


def _corpora() -> click.Command:
    from kosent_cli.commands.corpora import command

    return command


def _list() -> click.Command:
    from kosent_cli.commands.list import command

    return command


def _inspect() -> click.Command:
    from kosent_cli.commands.inspect import command

    return command


def _export() -> click.Command:
    from kosent_cli.commands.export import command

    return command


def _ensemble() -> click.Command:
    from kosent_cli.commands.ensemble import command

    return command


def _encode() -> click.Command:
    from kosent_cli.commands.encode import command

    return command


def _doctor() -> click.Command:
    from kosent_cli.commands.doctor import command

    return command


COMMANDS: dict[str, Entry] = {
    "train": Entry(Message("말뭉치로 학습합니다", "train on a corpus"), _train),
    "distill": Entry(
        Message("저장된 모델에게서 작은 모델이 배웁니다", "a small model learns from a saved one"),
        _distill,
    ),
    "predict": Entry(Message("글을 분류합니다", "classify texts"), _predict),
    "evaluate": Entry(
        Message("모델을 말뭉치로 평가합니다", "score a model on a corpus"), _evaluate
    ),
    "stress": Entry(
        Message("글을 흩뜨려 모델을 평가합니다", "score a model on noisy texts"), _stress
    ),
    "bench": Entry(Message("여러 시스템을 견줍니다", "train systems and compare them"), _bench),
    "trace": Entry(Message("글이 길어지며 바뀌는 확률", "probabilities as a text grows"), _trace),
    "encode": Entry(Message("글이 토큰과 번호가 되는 단계", "how a text becomes ids"), _encode),
    "stats": Entry(Message("글의 길이와 라벨 통계", "lengths of texts, label counts"), _stats),
    "corpora": Entry(Message("말뭉치 보기와 받기", "show and fetch corpora"), _corpora),
    "list": Entry(Message("쓸 수 있는 이름들", "the names that options take"), _list),
    "inspect": Entry(Message("저장된 모델 살펴보기", "look into a saved model"), _inspect),
    "doctor": Entry(Message("되는 것과 안 되는 것", "what works on this machine"), _doctor),
    "ensemble": Entry(
        Message("모델 여럿을 하나로 모읍니다", "combine trained models into one"), _ensemble
    ),
    "export": Entry(
        Message("모델을 파일 하나로, 더 작게", "a model in one file, or smaller"), _export
    ),
}

# Commands by the names that they had.
RENAMED = {"explain-text": "encode"}
