"""What every row of the table of corpora promises; a new row brings its own small layout."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from kosent.corpora import CORPORA, Corpus, bundled_folder, load_corpus
from kosent.errors import DataError


def nsmc_layout(root: Path) -> None:
    """Four good rows a split, one without text, one with a label of its own."""
    (root / "nsmc").mkdir()
    for split in ("train", "test"):
        good = [f'{n}\t{split} "글 {n}\t{n % 2}' for n in range(4)]
        lines = ["id\tdocument\tlabel", "8\t\t1", *good, "9\t글\t5"]
        (root / "nsmc" / f"ratings_{split}.txt").write_text("\n".join(lines) + "\n")


def imdb_layout(root: Path) -> None:
    """Four good reviews a split, one of them without text, and what is no review."""
    (root / "imdb").mkdir()
    with tarfile.open(root / "imdb" / "aclImdb_v1.tar.gz", "w:gz") as archive:
        for split in ("test", "train"):
            members = {
                f"{label}/{n}_5.txt": f"{split} {n}" for n in (10, 9) for label in ("pos", "neg")
            }
            members |= {"pos/7_9.txt": " ", "neg/odd.txt": "x", "unsup/1_0.txt": "x"}
            for name, text in members.items():
                info = tarfile.TarInfo(f"aclImdb/{split}/{name}")
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text.encode()))


def nothing(root: Path) -> None:
    """The corpus is in the package."""


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "nsmc": nsmc_layout,
    "imdb": imdb_layout,
    "sample": nothing,
}


@pytest.fixture(params=CORPORA)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def root(name: str, tmp_path: Path) -> Path:
    LAYOUTS[name](tmp_path)
    return tmp_path


@pytest.fixture
def corpus(name: str, root: Path) -> Corpus:
    return load_corpus(name, data_folder=root, download=False)


def test_labels(corpus: Corpus) -> None:
    assert corpus.label_names == ("negative", "positive")
    corpus.check_trainable()


def test_texts_are_texts(corpus: Corpus) -> None:
    assert corpus.test is not None
    for split in (corpus.train, corpus.test):
        assert len(split) == len(split.texts) == len(split.labels) > 0
        assert all(isinstance(text, str) and text.strip() for text in split.texts)


def test_the_audit_adds_up(name: str, corpus: Corpus) -> None:
    assert corpus.test is not None
    for split in (corpus.train, corpus.test):
        audit = split.audit
        assert audit.read == len(split) + len(audit.dropped)
        assert sum(audit.by_reason().values()) == len(audit.dropped)
        if CORPORA[name].files:  # its small layout has two faults a split
            assert len(audit.dropped) == 2
            assert [row.line for row in audit.dropped] == sorted(row.line for row in audit.dropped)


def test_loading_twice_gives_the_same(name: str, root: Path, corpus: Corpus) -> None:
    again = load_corpus(name, data_folder=root, download=False)
    assert again == corpus
    assert again.fingerprint == corpus.fingerprint


def test_the_fingerprint_is_the_same_in_another_process(
    name: str, root: Path, corpus: Corpus
) -> None:
    program = (
        "import sys; from pathlib import Path; from kosent.corpora import load_corpus;"
        "print(load_corpus(sys.argv[1], data_folder=Path(sys.argv[2])).fingerprint)"
    )
    command = [sys.executable, "-c", program, name, str(root)]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert done.stdout.decode().strip() == corpus.fingerprint


def test_notices_are_single_bilingual_lines(name: str, corpus: Corpus) -> None:
    for notice in corpus.notices:
        korean, english = notice.split(" / ", 1)
        assert re.search("[가-힣]", korean)
        assert english.isascii() or str(Path("/")) in english
        assert "\n" not in notice
    copies = [notice for notice in corpus.notices if "official checksum" in notice]
    assert len(copies) == len(CORPORA[name].files)


def test_a_missing_corpus_says_where_it_belongs(name: str, tmp_path: Path) -> None:
    if not CORPORA[name].files:
        assert load_corpus(name, data_folder=tmp_path / "none", download=False)
        return
    with pytest.raises(DataError, match=rf"corpora fetch {name}` or .*KOSENT_DATA") as caught:
        load_corpus(name, data_folder=tmp_path / "none", download=False)
    assert str(tmp_path / "none" / CORPORA[name].files[0].path) in str(caught.value)
    assert not (tmp_path / "none").exists()


def test_the_row_is_complete(name: str) -> None:
    spec = CORPORA[name]
    assert spec.name == name
    assert spec.language in ("ko", "en")
    assert re.fullmatch(r".*[가-힣].* / [^가-힣]+", spec.title)
    assert spec.licence
    for file in spec.files:
        path = PurePosixPath(file.path)
        assert path.parts[0] == name
        assert ".." not in path.parts
        assert file.url.startswith("https://")
        assert re.fullmatch("[0-9a-f]+", file.checksum)
        assert len(file.checksum) == {"git-blob": 40, "md5": 32}[file.algorithm]


def test_the_card_states_what_the_row_states(name: str) -> None:
    spec = CORPORA[name]
    card = (bundled_folder() / f"{name}.md").read_text("utf-8")
    stated = [spec.homepage, *(value for file in spec.files for value in (file.url, file.checksum))]
    stated += [f"{rows:,}" for rows in spec.rows.values()]
    stated += [f"{file.size:,}" for file in spec.files if file.size is not None]
    assert [value for value in stated if value not in card] == []
    assert re.search("[가-힣]", card.partition("\n")[0])
