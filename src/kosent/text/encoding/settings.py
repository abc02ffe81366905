"""The settings of an encoder: how a text becomes tokens and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kosent.support.rules import Rule, choice, count, mapping, optional, switch
from kosent.support.settings import Checked, setting
from kosent.text.cleaning import PRESETS
from kosent.text.stream import TRUNCATE
from kosent.text.tokenizers import TOKENIZERS, Tokenizer
from kosent.text.vocabulary import SPECIALS

# What is done to the training texts, in each epoch anew (``kosent.text.augmentation``).
AUGMENTATION = optional(choice("noise", noun=("증강", "augmentation")))

_TOKENIZER = Rule(
    lambda value: isinstance(value, Tokenizer) or value in list(TOKENIZERS),
    "토크나이저의 이름이거나 토크나이저여야",
    "the name of a tokenizer, or a tokenizer",
    names=tuple(TOKENIZERS),
    noun=("토크나이저", "tokenizer"),
    inside=("whitespace", "character"),
    outside=("whitespaces", "", None, 3, ["okt"]),
)


@dataclass(kw_only=True)
class EncoderSettings(Checked):
    """Settings of an encoder.

    A tokenizer with a vocabulary of its own gets ``vocabulary_size`` as its setting when it is
    given by name, and decides it and ``min_count`` itself when it is given as an object.
    ``max_length`` is learned where it is None: the smallest that keeps 99 % of the training texts
    whole, at most 512.
    """

    tokenizer: str | Tokenizer = setting(
        "sentencepiece",
        _TOKENIZER,
        ko="토크나이저의 이름, 라이브러리에서는 토크나이저 자체도",
        en="tokenizer by its name, or, in the library, a tokenizer; one that learns is copied",
        group="text",
    )
    cleaning: str = setting(
        "korean",
        choice(*PRESETS, noun=("텍스트 정리 방식", "cleaning preset")),
        ko="텍스트 정리 방식 (명령줄에서는 말뭉치의 언어에 따라)",
        en="cleaning preset (on the command line by the language of the corpus)",
        group="text",
    )
    cleaning_options: Mapping[str, Any] | None = setting(
        None,
        optional(mapping()),
        ko="정리 규칙 하나하나의 값, 방식의 것 대신 (repeats=2)",
        en="values of single rules of the cleaning, instead of the preset's (repeats=2)",
        group="text",
        flag="--cleaning-set",
    )
    tokenizer_options: Mapping[str, Any] | None = setting(
        None,
        optional(mapping()),
        ko="이름으로 준 토크나이저의 설정",
        en="options of a tokenizer given by name",
        group="text",
        flag="--tokenizer-set",
    )
    vocabulary_size: int = setting(
        16000,
        count(len(SPECIALS)),
        ko="어휘의 가장 큰 크기, 패딩과 모르는 토큰 포함",
        en="most token ids, padding and unknown included",
        group="text",
    )
    min_count: int = setting(
        1,
        count(),
        ko="이보다 드문 토큰은 모르는 토큰이 됨",
        en="tokens seen less often than this in training become unknown",
        group="text",
    )
    max_length: int | None = setting(
        None,
        optional(count()),
        ko="글마다 쓸 토큰 수 (기본: 학습 글의 99 %가 온전한 길이, 최대 512)",
        en="tokens kept of a text (default: what keeps 99 % of training texts whole, at most 512)",
        group="text",
    )
    truncate: str = setting(
        "post",
        choice(*TRUNCATE),
        ko="긴 글에서 버릴 쪽: 끝(post) 또는 앞(pre)",
        en="where a text that is too long is cut: its end (post) or its beginning (pre)",
        group="text",
    )
    drop_unknown: bool = setting(
        False,
        switch(),
        ko="모르는 토큰에 번호를 주지 않고 뺌",
        en="leave unknown tokens out, instead of giving them an id",
        group="text",
    )
