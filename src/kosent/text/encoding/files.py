"""The files of a fitted encoder, read: ``encoder.json``, ``vocab.txt``, the tokenizer's own.

``kosent.text.encoding.writing`` writes them. ``vocab.txt`` is there only where the tokenizer has no
vocabulary of its own, so that no fact stands in two files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kosent.errors import BundleError, UsageError
from kosent.support.checks import check_choice, check_switch, is_count
from kosent.support.signed import from_json
from kosent.text.cleaning import Cleaner
from kosent.text.stream import TRUNCATE
from kosent.text.tokenizers import Tokenizer, TokenizerState, restore
from kosent.text.vocabulary import Vocabulary

ENCODER_FILE = "encoder.json"
VOCABULARY_FILE = "vocab.txt"
# 2 has "cleaning_options" beside what 1 has, 3 also "truncate" and "drop_unknown"; each is written
# only where it is needed, so that kosent 0.1 reads all others.
EXTRA = {1: "", 2: " cleaning_options", 3: " cleaning_options truncate drop_unknown"}


@dataclass(frozen=True)
class EncoderRecord:
    """What a fitted encoder consists of."""

    cleaner: Cleaner
    tokenizer: Tokenizer
    vocabulary: Vocabulary
    vocabulary_size: int  # as asked for; the vocabulary may hold fewer
    min_count: int
    max_length: int | None  # as asked for
    learned_max_length: int
    truncate: str = "post"
    drop_unknown: bool = False


def read_files(files: Mapping[str, bytes]) -> EncoderRecord:
    """Read a fitted encoder.

    Raises:
        BundleError: If a file is missing, damaged or of a newer format.
    """
    document = _parse(_file(files, ENCODER_FILE))
    extra = _check_format(document)
    _check_keys(document, f"format cleaning{extra} tokenizer vocabulary max_length", "encoder.json")
    named = _section(document, "tokenizer", "name settings files")
    limits = _section(document, "vocabulary", "entries size_limit min_count")
    length = _section(document, "max_length", "asked learned")
    _check_values(named, limits, length)
    _check_choices(document)
    own = {name: _file(files, name) for name in named["files"]}
    tokenizer = restore(TokenizerState(named["name"], named["settings"], own))
    return EncoderRecord(
        cleaner=_read_cleaning(document["cleaning"], document.get("cleaning_options")),
        tokenizer=tokenizer,
        vocabulary=_read_vocabulary(files, tokenizer, limits["entries"]),
        vocabulary_size=limits["size_limit"],
        min_count=limits["min_count"],
        max_length=length["asked"],
        learned_max_length=length["learned"],
        truncate=document.get("truncate", "post"),
        drop_unknown=document.get("drop_unknown", False),
    )


def _check_choices(document: dict[str, Any]) -> None:
    try:
        check_choice("truncate", document.get("truncate", TRUNCATE[0]), TRUNCATE)
        check_switch("drop_unknown", document.get("drop_unknown", False))
    except UsageError as error:
        raise _damaged(error.korean, error.english) from error


def _read_cleaning(preset: Any, options: Any) -> Cleaner:
    if options is not None and not isinstance(options, dict):
        raise _damaged(
            "'cleaning_options' 항목이 객체가 아닙니다", "'cleaning_options' is no object"
        )
    try:
        return Cleaner(preset, options)
    except UsageError as error:
        raise _damaged(error.korean, error.english) from error


def _read_vocabulary(files: Mapping[str, bytes], tokenizer: Tokenizer, entries: int) -> Vocabulary:
    pieces = tokenizer.pieces() if tokenizer.state().files else None
    if pieces is None:
        return Vocabulary.from_bytes(_file(files, VOCABULARY_FILE), size=entries)
    if len(pieces) != entries:
        raise _damaged(
            f"어휘가 {entries}개여야 하는데 {len(pieces)}개입니다",
            f"the vocabulary has {len(pieces)} entries instead of {entries}",
        )
    return Vocabulary.from_pieces(pieces)


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    try:
        return files[name]
    except KeyError:
        raise BundleError(
            f"모델에 파일이 없습니다: {name}", f"a file of the model is missing: {name}"
        ) from None


def _parse(data: bytes) -> dict[str, Any]:
    try:
        document = from_json(data)
    except ValueError as error:
        raise _damaged("JSON이 아닙니다", "it is not JSON") from error
    if not isinstance(document, dict):
        raise _damaged("JSON 객체가 아닙니다", "it is not a JSON object")
    return document


def _check_format(document: dict[str, Any]) -> str:
    """Return the keys that this format has beside those of the first."""
    version = document.get("format")
    if not is_count(version):
        raise _damaged("형식 번호(format)가 없습니다", "its format number is missing")
    if version not in EXTRA:
        raise BundleError(
            f"encoder.json의 형식 번호 {version}을(를) 이 kosent는 모릅니다 "
            f"(아는 번호: {max(EXTRA)}까지). kosent를 새 판으로 올리세요",
            f"encoder.json has format {version}, this kosent knows up to {max(EXTRA)}; "
            "upgrade kosent",
        )
    return EXTRA[version]


def _check_keys(document: dict[str, Any], expected: str, where: str) -> None:
    different = sorted(set(document) ^ set(expected.split()))
    if different:
        listed = ", ".join(different)
        raise _damaged(
            f"{where}에 없거나 모르는 항목: {listed}", f"missing or unknown in {where}: {listed}"
        )


def _section(document: dict[str, Any], name: str, expected: str) -> dict[str, Any]:
    section = document[name]
    if not isinstance(section, dict):
        raise _damaged(f"'{name}' 항목이 객체가 아닙니다", f"{name!r} is not an object")
    _check_keys(section, expected, name)
    return section


def _check_values(named: dict[str, Any], limits: dict[str, Any], length: dict[str, Any]) -> None:
    checks = {
        "tokenizer.name": isinstance(named["name"], str),
        "tokenizer.settings": isinstance(named["settings"], dict),
        "tokenizer.files": isinstance(named["files"], list)
        and all(isinstance(name, str) for name in named["files"]),
        "vocabulary.entries": is_count(limits["entries"], 2),
        "vocabulary.size_limit": is_count(limits["size_limit"], 2),
        "vocabulary.min_count": is_count(limits["min_count"]),
        "max_length.asked": length["asked"] is None or is_count(length["asked"]),
        "max_length.learned": is_count(length["learned"])
        and length["asked"] in (None, length["learned"]),
    }
    wrong = [name for name, right in checks.items() if not right]
    if wrong:
        listed = ", ".join(wrong)
        raise _damaged(f"값이 잘못된 항목: {listed}", f"invalid value of {listed}")


def _damaged(korean: str, english: str) -> BundleError:
    return BundleError(
        f"encoder.json이 손상되었습니다: {korean}", f"encoder.json is damaged: {english}"
    )
