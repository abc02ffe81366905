"""Kiwi: pieces of the text itself, and a clear word where the package is not installed."""

import json
import subprocess
import sys

import pytest

from kosent.errors import RuntimeSetupError, UsageError
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import Kiwi
from kosent.text.tokenizers.kiwi import LONGEST, _engines, _parts, _slices

WITHOUT = """
import sys
sys.modules["kiwipiepy"] = None
from kosent.errors import RuntimeSetupError
from kosent.text.tokenizers import Kiwi, restore
kiwi = restore(Kiwi().state())
for use in (lambda: kiwi(["글"]), kiwi.identity):
    try:
        use()
    except RuntimeSetupError as error:
        print(error.exit_code, error)
"""

FORKED = """
import os, signal
from kosent.text.tokenizers import Kiwi
kiwi = Kiwi(surface=False)
print(kiwi(["정말 재미있었다"] * 3), flush=True)
child = os.fork()
if not child:
    signal.alarm(60)
    print(kiwi(["정말 재미있었다"] * 3), flush=True)
    os._exit(0)
_, status = os.waitpid(child, 0)
raise SystemExit(status)
"""


@pytest.mark.slow
def test_without_the_package() -> None:
    ended = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("5 ") and "pip install 'kosent[kiwi]'" in line for line in lines)
    assert RuntimeSetupError.exit_code == 5


def test_cut_at_both_ends_of_every_morpheme() -> None:
    assert _slices("했다 ", [(0, 1), (0, 1), (1, 2)]) == ["했", "다"]
    assert _slices("한다", [(0, 1), (0, 2)]) == ["한", "다"]
    assert _slices(" 가 나", []) == ["가", "나"]
    assert _slices("", []) == []


def test_long_texts_are_cut_at_white_space() -> None:
    text = "가나다 " * 3000 + "x" * 9000
    parts = list(_parts(text))
    assert "".join(parts) == text
    assert max(map(len, parts)) <= LONGEST
    assert parts[0].endswith("다")
    assert list(_parts("")) == [""]


@pytest.mark.slow
def test_tokens_with_the_package() -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    text = "재미있을 줄 알았는데 실망했다 ㅠㅠ"
    pieces, forms = Kiwi()([text])[0], Kiwi(surface=False)([text])[0]
    assert "".join(pieces) == text.replace(" ", "")
    assert "했" in pieces
    assert "하" in forms
    assert "했" not in forms
    assert [name.split()[0] for name in Kiwi().identity()] == ["kiwipiepy", "kiwipiepy_model"]
    assert len(_engines) == 1  # 500 MB and 3 s, whoever asks


@pytest.mark.slow
def test_spelling_is_mended_and_parts_of_speech_are_told() -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    text = "외않되나요 안됔ㅋㅋ"
    plain, mended = Kiwi(surface=False)([text])[0], Kiwi(surface=False, norm=True)([text])[0]
    assert "외않되나요" in plain
    assert mended[:4] == ["왜", "안", "되", "나요"]
    assert mended[-1] == "ㅋㅋㅋ"
    joined = Kiwi(surface=False, norm=True, join=True)([text])[0]
    assert [token.rpartition("/")[0] for token in joined] == mended
    assert joined[:2] == ["왜/MAG", "안/MAG"]
    pieces = Kiwi(norm=True)([text])[0]
    assert "".join(pieces) == text.replace(" ", "")


def test_pieces_of_the_text_have_no_part_of_speech() -> None:
    with pytest.raises(UsageError, match="join goes with surface=false"):
        Kiwi(join=True)


@pytest.mark.slow
def test_many_texts_get_what_each_gets_alone() -> None:
    """Of any length, also where some are empty or cut in parts."""
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    texts = ["재미있다", "", "  ", "가나 다라 " * 1000, "너무 지루했어요 ㅠ", "\ud800 글"]
    kiwi = Kiwi(surface=False)
    assert kiwi(texts) == [kiwi([text])[0] for text in texts]


@pytest.mark.slow
def test_a_forked_child_answers_too() -> None:
    """Kiwi's threads do not come along with a fork."""
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    first, second = ended.stdout.splitlines()
    assert first == second


def test_saved_without_loading_it() -> None:
    files = TextEncoder("whitespace").fit(["글"]).files()
    document = json.loads(files["encoder.json"])
    document["tokenizer"] |= {"name": "kiwi", "settings": {"surface": True}}
    again = TextEncoder.from_files({**files, "encoder.json": json.dumps(document).encode()})
    assert again.tokenizer.name == "kiwi"
