"""What every row of the table of corpora promises; a new row brings its own small layout."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from kosent.corpora import CORPORA, Corpus, bundled_folder, load_corpus
from kosent.corpora.spec import METRICS, TASKS
from kosent.errors import DataError
from kosent.metrics.report import Report

SAMPLES = Path(__file__).parents[1] / "corpora" / "builtin" / "samples"


def nsmc_layout(root: Path, *splits: str) -> None:
    """Four good rows a split, one without text, one with a label of its own."""
    (root / "nsmc").mkdir(exist_ok=True)
    for split in splits or ("train", "test"):
        good = [f'{n}\t{split} "글 {n}\t{n % 2}' for n in range(4)]
        lines = ["id\tdocument\tlabel", "8\t\t1", *good, "9\t글\t5"]
        (root / "nsmc" / f"ratings_{split}.txt").write_text("\n".join(lines) + "\n")


def imdb_layout(root: Path) -> None:
    """Four good reviews a split, one of them without text, and what is no review."""
    members: dict[str, str] = {}
    for split in ("test", "train"):
        reviews = {
            f"{label}/{n}_5.txt": f"{split} {n}" for n in (10, 9) for label in ("pos", "neg")
        }
        reviews |= {"pos/7_9.txt": " ", "neg/odd.txt": "x", "unsup/1_0.txt": "x"}
        members |= {f"aclImdb/{split}/{name}": text for name, text in reviews.items()}
    pack(root / "imdb" / "aclImdb_v1.tar.gz", members)


# Two good reviews of each label, one of the test split, one of five stars.
RAW = [("11", "9", "글 1"), ("12", "10", "글 2"), ("13", "1", "글 3"), ("14", "4", "글 4")]
RAW += [("3", "1", "글 5"), ("15", "5", "글 6")]


def raw_table_layout(root: Path) -> None:
    """The crawl in one table, beside NSMC's test split."""
    nsmc_layout(root, "test")
    lines = ["id\trating\tdocument", *map("\t".join, RAW)]
    data = gzip.compress("".join(line + "\n" for line in lines).encode())
    (root / "nsmc" / "raw_reviews.tsv.gz").write_bytes(data)


def raw_archive_layout(root: Path) -> None:
    """The crawl as GitHub packs the repository, beside NSMC's test split."""
    nsmc_layout(root, "test")
    keys = ("review_id", "rating", "review")
    movies = [[dict(zip(keys, row, strict=True)) for row in rows] for rows in (RAW[:3], RAW[3:])]
    members = {f"nsmc-master/raw/{n}.json": json.dumps(movie) for n, movie in enumerate(movies)}
    pack(root / "nsmc" / "nsmc-master.tar.gz", {"nsmc-master/README.md": "x"} | members)


def pack(path: Path, members: dict[str, str]) -> None:
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))


def nothing(root: Path) -> None:
    """The corpus is in the package."""


Layout = Callable[[Path], None]

LAYOUTS: dict[str, tuple[Layout, ...]] = {  # one for each form that a corpus is read in
    "nsmc": (nsmc_layout,),
    "nsmc-raw": (raw_table_layout, raw_archive_layout),
    "imdb": (imdb_layout,),
    "sample": (nothing,),
}


def official_sample(name: str) -> Layout:
    """Copy the small official files of a corpus, which lie as a download would."""
    folder = CORPORA[name].folder

    def official(root: Path) -> None:
        shutil.copytree(SAMPLES / folder, root / folder)

    return official


FORMS = [
    (name, layout) for name in CORPORA for layout in LAYOUTS.get(name, (official_sample(name),))
]


@pytest.fixture(params=FORMS, ids=lambda form: f"{form[0]}-{form[1].__name__}")
def form(request: pytest.FixtureRequest) -> tuple[str, Layout]:
    found: tuple[str, Layout] = request.param
    return found


@pytest.fixture
def name(form: tuple[str, Layout]) -> str:
    return form[0]


@pytest.fixture
def root(form: tuple[str, Layout], tmp_path: Path) -> Path:
    form[1](tmp_path)
    return tmp_path


@pytest.fixture
def corpus(name: str, root: Path) -> Corpus:
    return load_corpus(name, data_folder=root, download=False)


def test_labels(name: str, corpus: Corpus) -> None:
    assert corpus.label_names == tuple(sorted(CORPORA[name].labels))
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


def test_the_fingerprints_are_the_same_in_another_process(tmp_path: Path) -> None:
    expected: list[str] = []
    for number, (name, layout) in enumerate(FORMS):
        root = tmp_path / str(number)
        root.mkdir()
        layout(root)
        expected.append(load_corpus(name, data_folder=root, download=False).fingerprint)
    program = (
        "import sys; from pathlib import Path; from kosent.corpora import load_corpus\n"
        "for number, name in enumerate(sys.argv[2:]):\n"
        "    print(load_corpus(name, data_folder=Path(sys.argv[1], str(number))).fingerprint)"
    )
    command = [sys.executable, "-c", program, str(tmp_path), *(name for name, _ in FORMS)]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert done.stdout.decode().split() == expected


def test_notices_are_single_bilingual_lines(name: str, corpus: Corpus) -> None:
    for notice in corpus.notices:
        korean, english = notice.split(" / ", 1)
        assert re.search("[가-힣]", korean)
        assert english.isascii() or str(Path("/")) in english
        assert "\n" not in notice
    copies = [notice for notice in corpus.notices if "official checksum" in notice]
    published = [file for file in CORPORA[name].files if file.checksum is not None]
    assert len(copies) == len(published)


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
    assert spec.task in TASKS
    assert spec.metric in METRICS
    assert spec.metric in Report.__annotations__
    assert len(spec.labels) == len({*spec.labels}) >= 2
    assert all(label == label.strip() != "" for label in spec.labels)
    assert set(spec.rows) in ({"train", "test"}, {"train + test"})
    for file in spec.files:
        path = PurePosixPath(file.path)
        assert path.parts[0] == spec.folder
        sharing = [other for other in CORPORA.values() if other.folder == spec.folder]
        assert {other.homepage for other in sharing} == {spec.homepage}
        assert ".." not in path.parts
        assert file.url.startswith("https://")
        if file.checksum is None:  # all that can be held is that gzip finds it whole
            assert path.suffix == ".gz"
            assert file.size is None
        else:
            assert re.fullmatch("[0-9a-f]+", file.checksum)
            assert len(file.checksum) == {"git-blob": 40, "md5": 32, "sha256": 64}[file.algorithm]
        if file.instead:
            assert PurePosixPath(file.instead).parts[0] == spec.folder
            assert ".." not in PurePosixPath(file.instead).parts


def test_the_card_states_what_the_row_states(name: str) -> None:
    spec = CORPORA[name]
    cards = [bundled_folder() / f"{each}.md" for each in (name, spec.folder)]
    card = next(path for path in cards if path.exists()).read_text("utf-8")
    assert f"`{name}`" in card
    stated = [spec.homepage, *(file.url for file in spec.files)]
    stated += [*spec.labels, spec.licence]
    stated += [words for each in spec.forbidden for words in (each.korean, each.english)]
    stated += [file.checksum or "공개되지 않음 / none published" for file in spec.files]
    stated += [file.instead for file in spec.files]
    numbers = [*spec.rows.values(), *spec.aside.values()]
    stated += [f"{rows:,}" for rows in numbers if rows is not None]
    stated += [f"{file.size:,}" for file in spec.files if file.size is not None]
    assert [value for value in stated if value not in card] == []
    assert re.search("[가-힣]", card.partition("\n")[0])
