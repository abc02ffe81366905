"""Kiwi: pieces of the text itself, and a clear word where the package is not installed."""

import json
import subprocess
import sys

import pytest

from kosent.errors import RuntimeSetupError
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


def test_saved_without_loading_it() -> None:
    files = TextEncoder("whitespace").fit(["글"]).files()
    document = json.loads(files["encoder.json"])
    document["tokenizer"] |= {"name": "kiwi", "settings": {"surface": True}}
    again = TextEncoder.from_files({**files, "encoder.json": json.dumps(document).encode()})
    assert again.tokenizer.name == "kiwi"
