"""The table of commands.

A command's module is imported when the command runs, so that ``kosent --help`` is instant: 0.06 s.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import click

from kosent.language import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table of commands.

    Attributes:
        summary: What the command does.
        load: Imports the command's module and returns the command.
    """

    summary: Message
    load: Callable[[], click.Command]


def _command(module: str, *, light: bool = False) -> Callable[[], click.Command]:
    """Return what loads a command.

    Args:
        module: The file beside this one that holds it.
        light: Whether it only predicts: it loads no TensorFlow, and multiplies no matrices with
            NumPy, whose BLAS is spared its threads (starting them takes 0.1 s of processor time).
    """

    def load() -> click.Command:
        if light:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        else:
            from kosent_cli.tensorflow_noise import silence

            silence()
        command: click.Command = import_module(f"{__name__}.{module}").command
        return command

    return load


COMMANDS: dict[str, Entry] = {
    "train": Entry(Message("말뭉치로 학습합니다", "train on a corpus"), _command("train")),
    "distill": Entry(
        Message("저장된 모델에게서 작은 모델이 배웁니다", "a small model learns from a saved one"),
        _command("distill"),
    ),
    "predict": Entry(Message("글을 분류합니다", "classify texts"), _command("predict", light=True)),
    "evaluate": Entry(
        Message("모델을 말뭉치로 평가합니다", "score a model on a corpus"), _command("evaluate")
    ),
    "stress": Entry(
        Message("글을 흩뜨려 모델을 평가합니다", "score a model on noisy texts"), _command("stress")
    ),
    "bench": Entry(
        Message("여러 시스템을 견줍니다", "train systems and compare them"), _command("bench")
    ),
    "tune": Entry(
        Message("설정을 검증 자료로 찾습니다", "search settings on validation"), _command("tune")
    ),
    "trace": Entry(
        Message("글이 길어지며 바뀌는 확률", "probabilities as a text grows"),
        _command("trace", light=True),
    ),
    "explain": Entry(
        Message("낱말마다 라벨에 보태는 값", "what each word adds to the label"),
        _command("explain", light=True),
    ),
    "encode": Entry(
        Message("글이 토큰과 번호가 되는 단계", "how a text becomes ids"), _command("encode")
    ),
    "stats": Entry(
        Message("글의 길이와 라벨 통계", "lengths of texts, label counts"), _command("stats")
    ),
    "audit": Entry(
        Message("말뭉치의 흠 찾기", "find what is wrong with a corpus"), _command("audit")
    ),
    "corpora": Entry(Message("말뭉치 보기와 받기", "show and fetch corpora"), _command("corpora")),
    "list": Entry(Message("쓸 수 있는 이름들", "the names that options take"), _command("list")),
    "inspect": Entry(
        Message("저장된 모델 살펴보기", "look into a saved model"), _command("inspect")
    ),
    "doctor": Entry(
        Message("되는 것과 안 되는 것", "what works on this machine"), _command("doctor")
    ),
    "ensemble": Entry(
        Message("모델 여럿을 하나로 모읍니다", "combine trained models into one"),
        _command("ensemble"),
    ),
    "export": Entry(
        Message("모델을 파일 하나로, 더 작게", "a model in one file, or smaller"),
        _command("export"),
    ),
}

# Commands by the names that they had.
RENAMED = {"explain-text": "encode"}
