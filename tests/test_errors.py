from __future__ import annotations

import inspect
import pickle

import pytest

from kosent import errors
from kosent.errors import DataError, KosentError, UsageError, unknown_name

EXIT_CODES = {
    "KosentError": 1,
    "UsageError": 2,
    "DataError": 3,
    "BundleError": 4,
    "RuntimeSetupError": 5,
    "DownloadError": 6,
}
FAMILY = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, KosentError)
]


def test_exit_codes_are_those_of_the_design() -> None:
    assert {kind.__name__: kind.exit_code for kind in FAMILY} == EXIT_CODES


@pytest.mark.parametrize("kind", FAMILY)
def test_message_is_one_line_with_korean_first(kind: type[KosentError]) -> None:
    error = kind("한국어\n둘째 줄", "English\nsecond line")
    assert str(error) == "한국어 둘째 줄 / English second line"
    assert error.korean.startswith("한국어")
    assert error.english.startswith("English")


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize(("language", "line"), [("ko", "한국어 둘째"), ("en", "English second")])
def test_an_error_speaks_the_language_of_its_reader(
    kind: type[KosentError], language: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", language)
    error = kind("한국어\n둘째", "English\nsecond")
    assert str(error) == f"{error}" == line
    assert error.message == "한국어 둘째 / English second"


@pytest.mark.parametrize("kind", FAMILY)
def test_errors_cross_process_borders(kind: type[KosentError]) -> None:
    copied = pickle.loads(pickle.dumps(kind("가", "a")))  # noqa: S301  our own bytes
    assert type(copied) is kind
    assert (copied.korean, copied.english, str(copied)) == ("가", "a", "가 / a")


def test_usage_errors_are_value_errors() -> None:
    assert issubclass(UsageError, ValueError)
    assert issubclass(DataError, ValueError)  # as scikit-learn's users expect of bad texts


def test_an_unknown_name_lists_the_known_and_the_nearest() -> None:
    error = unknown_name("토크나이저", "tokenizer", "okkt", ["whitespace", "okt"])
    assert "모르는 토크나이저 이름입니다: 'okkt'. 'okt'을(를) 찾으셨나요?" in error.korean
    assert "Did you mean 'okt'? Known: okt, whitespace" in error.english


def test_an_unknown_name_far_from_all_has_no_hint() -> None:
    error = unknown_name("토크나이저", "tokenizer", 17, ["whitespace", "okt"])
    assert "찾으셨나요" not in error.korean
    assert "Did you mean" not in error.english
