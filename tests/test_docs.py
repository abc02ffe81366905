"""The pages for people: twins in two languages, links that lead somewhere, code that runs.

``README.md`` and ``docs/ko`` are Korean, ``README.en.md`` and ``docs/en`` English. The twins are
held to the same headings, code and numbers, so that running the Korean pages' code is enough. Pages
below ``reference/`` are made from the code, and a test of their own holds them to it.
"""

from __future__ import annotations

import ast
import io
import re
import shlex
import tokenize
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile, pairwise
from pathlib import Path
from typing import Any

import click
import pytest

from kosent.architectures import ARCHITECTURES
from kosent.corpora import CORPORA
from kosent.evaluation.bench.tasks import LISTS
from kosent.recipes import recipe_names
from kosent.text.tokenizers import TOKENIZERS
from kosent_cli.main import cli

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"
KOREAN, ENGLISH = DOCS / "ko", DOCS / "en"
LARGEST_README = 8192  # bytes

NAMES = sorted(path.relative_to(KOREAN).as_posix() for path in KOREAN.rglob("*.md"))
WRITTEN = [name for name in NAMES if not name.startswith("reference/")]
TWINS = [
    (REPOSITORY / "README.md", REPOSITORY / "README.en.md"),
    (REPOSITORY / "CONTRIBUTING.ko.md", REPOSITORY / "CONTRIBUTING.md"),
    *((KOREAN / name, ENGLISH / name) for name in WRITTEN),
]
PAGES = [*(page for twins in TWINS for page in twins), DOCS / "index.md"]

_FENCE = re.compile(r"^```(\w*)\s*$")
_NOT_RUN = re.compile(r"<!-- not run: .+ -->")
_HEADING = re.compile(r"^(#{1,6}) (.+)$")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e-\d+)?")
_COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )?(?:kosent|python|make) [^<=]")
# A sentence may leave a value or an argument out: `kosent inspect --embeddings`.
_LEFT_OUT = (click.MissingParameter, click.BadOptionUsage, click.exceptions.Exit)
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$", re.MULTILINE)
_VALUE = re.compile(r"# *((?:[\[('{]|array\(|Audit\().*)")


@dataclass(frozen=True)
class Block:
    """A fenced block of code, its first line, and whether the page lets it run."""

    language: str
    code: str
    line: int
    run: bool


@dataclass(frozen=True)
class Page:
    """A page: its text without blocks, and what stands in it."""

    prose: str
    blocks: list[Block]

    @property
    def headings(self) -> list[tuple[int, str]]:
        found = map(_HEADING.match, self.prose.split("\n"))
        return [(len(match[1]), match[2]) for match in found if match]

    @property
    def anchors(self) -> set[str]:
        return {slug(text) for _, text in self.headings}

    def of(self, language: str) -> list[Block]:
        return [block for block in self.blocks if block.language == language]


@cache
def read(path: Path) -> Page:
    prose: list[str] = []
    blocks: list[Block] = []
    code: list[str] | None = None
    language, start = "", 0
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        fence = _FENCE.match(line)
        if code is None and fence:
            code, language, start = [], fence[1], number + 1
        elif code is not None and fence:
            said = next((line for line in reversed(prose) if line.strip()), "")
            run = not _NOT_RUN.fullmatch(said.strip())
            blocks.append(Block(language, "\n".join(code) + "\n", start, run))
            code = None
        elif code is not None:
            code.append(line)
        else:
            prose.append(line)
    assert code is None, f"{path}: a block without an end"
    return Page("\n".join(prose), blocks)


def slug(heading: str) -> str:
    """Return a heading's anchor, as forges make it, and the site by ``mkdocs.yml``."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


every_page = pytest.mark.parametrize("path", PAGES, ids=shown)
every_twin = pytest.mark.parametrize(
    ("korean", "english"), TWINS, ids=[shown(korean) for korean, _ in TWINS]
)


def test_both_languages_have_the_same_pages() -> None:
    assert sorted(path.relative_to(ENGLISH).as_posix() for path in ENGLISH.rglob("*.md")) == NAMES


@every_twin
def test_twins_have_the_same_headings(korean: Path, english: Path) -> None:
    levels = [level for level, _ in read(korean).headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [level for level, _ in read(english).headings] == levels


@every_twin
def test_twins_have_their_own_language(korean: Path, english: Path) -> None:
    assert re.search("[가-힣]", read(korean).prose)
    for _, text in read(english).headings:
        assert not re.search("[가-힣]", text)


@every_twin
def test_twins_have_the_same_code(korean: Path, english: Path) -> None:
    pairs = zip(read(korean).blocks, read(english).blocks, strict=True)
    for one, other in pairs:
        assert (one.language, one.run) == (other.language, other.run)
        assert without_comments(one) == without_comments(other)


def without_comments(block: Block) -> object:
    if block.language == "python":
        tokens = tokenize.generate_tokens(io.StringIO(block.code).readline)
        return [(t.type, t.string) for t in tokens if t.type != tokenize.COMMENT]
    if block.language in ("console", "toml"):
        return _COMMENT.sub("", block.code)
    return block.code


@every_twin
def test_twins_have_the_same_figures(korean: Path, english: Path) -> None:
    assert figures(read(korean).prose) == figures(read(english).prose)


def figures(prose: str) -> Counter[str]:
    """Count the numbers but short whole ones: what is "30초" here is "thirty seconds" there."""
    found = (number.rstrip(",") for number in _FIGURE.findall(prose))
    return Counter(number for number in found if not re.fullmatch(r"\d\d?", number))


@pytest.mark.parametrize(("name", "twin"), [("README.md", "README.en.md")])
def test_the_readmes_are_short_and_name_each_other(name: str, twin: str) -> None:
    for here, there in ((name, twin), (twin, name)):
        content = (REPOSITORY / here).read_bytes()
        assert len(content) <= LARGEST_README
        assert f"({there})" in content.decode().split("\n")[0]


@every_page
def test_links_lead_somewhere(path: Path) -> None:
    for picture, text, target in _LINK.findall(read(path).prose):
        assert text.strip(), f"{target}: a link or picture without a text"
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), target
        assert linked.is_relative_to(REPOSITORY), target
        assert not (picture and anchor)
        if anchor:
            assert anchor in read(linked).anchors, target


def test_the_site_shows_every_page() -> None:
    site = (REPOSITORY / "mkdocs.yml").read_text("utf-8").split("\nnav:\n")[1]
    listed = re.findall(r"\b(?:ko|en)/[\w/-]+\.md", site)
    korean = [name.removeprefix("ko/") for name in listed if name.startswith("ko/")]
    english = [name.removeprefix("en/") for name in listed if name.startswith("en/")]
    assert korean == english
    assert set(NAMES) <= set(korean)
    assert {name for name in korean if not name.startswith("reference/")} == set(WRITTEN)


def lines(block: Block) -> Iterator[str]:
    """Yield the commands of a console block, one each."""
    for line in block.code.replace("\\\n", " ").split("\n"):
        if line.startswith("$ "):
            yield from line.removeprefix("$ ").split(" && ")


@every_page
def test_commands_in_blocks_are_commands(path: Path) -> None:
    for block in read(path).of("console"):
        assert block.code.startswith("$ ")
        for line in lines(block):
            given = check(without_variables(shlex.split(line, comments=True)))
            for name, known in NAMED.items():
                values = given.get(name) or known[0]
                for value in map(str, values if isinstance(values, tuple) else [values]):
                    assert value in known or Path(value).suffix in (".toml", ".csv", ".xlsx"), line


NAMED: dict[str, list[str]] = {
    "corpus": [*CORPORA, *LISTS],
    "more": [*CORPORA, *LISTS],
    "recipe": recipe_names(),
    "architecture": list(ARCHITECTURES),
    "tokenizer": list(TOKENIZERS),
}


@every_page
def test_commands_in_sentences_are_commands(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for span in _SPAN.findall(read(path).prose):
        if not _COMMAND.match(span) or "<" in span:  # kosent <command> --help
            continue
        words = without_variables(shlex.split(span))
        words = ["0" if re.fullmatch("[A-Z]", word) else word for word in words]  # --seed S
        with suppress(*_LEFT_OUT):
            check(words)


def without_variables(words: list[str]) -> list[str]:
    return list(dropwhile(re.compile("[A-Z_]+=").match, words))


def check(words: list[str]) -> dict[str, Any]:
    """Hold that a command line would be understood; return what ``kosent`` reads from it."""
    program, *arguments = words
    if program == "kosent":
        return parse(arguments)
    if program == "python":
        assert (REPOSITORY / arguments[0]).is_file(), words
        assert arguments[0].startswith(("bench/", "examples/")), words
    elif program == "make":
        targets = re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
        assert {*arguments} <= {*targets}, words
    else:
        assert program in ("pip", "mkdocs"), words
    return {}


def parse(arguments: list[str]) -> dict[str, Any]:
    context = click.Context(cli, info_name="kosent")
    command: click.Command | None = cli
    while isinstance(command, click.Group) and not arguments[0].startswith("-"):
        name, *arguments = arguments
        command = command.get_command(context, name)
    assert command is not None, arguments
    with command.make_context(command.name, arguments, parent=context) as made:
        return made.params


@pytest.mark.parametrize("folder", [KOREAN, ENGLISH], ids=["ko", "en"])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_of_figures_has_its_command(folder: Path, name: str) -> None:
    text = (folder / name).read_text("utf-8")
    for section in re.split(r"\n(?=#{1,3} )", text):
        if re.search(r"^\|.*\b0\.\d{3,}", section, re.MULTILINE):
            assert re.search(r"\b(python (bench|examples)/|kosent (bench|train) --)\w", section)


def blocks_of(path: Path) -> Iterator[Block]:
    for block in read(path).of("python"):
        if block.run:
            yield block


def run(path: Path) -> None:
    """Run a page's blocks, one after another; a value in a comment has to be what comes."""
    names: dict[str, Any] = {"__name__": "docs"}
    for block in blocks_of(path):
        said = block.code.split("\n")
        tree = ast.parse(block.code, shown(path))
        ast.increment_lineno(tree, block.line - 1)
        for node in tree.body:
            if not isinstance(node, ast.Expr):
                exec(compile(ast.Module([node], []), shown(path), "exec"), names)  # noqa: S102
                continue
            value = eval(compile(ast.Expression(node.value), shown(path), "eval"), names)  # noqa: S307
            comment = _VALUE.search(said[node.end_lineno - block.line])
            if comment:
                seen = re.sub(r", dtype=[^)]+\)", ")", repr(value))
                assert comment[1].startswith(seen), f"{shown(path)}:{node.end_lineno}: {seen}"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which README's lines have run: pages load the model they saved."""
    folder = tmp_path_factory.mktemp("docs")
    with pytest.MonkeyPatch.context() as patch:
        prepare(patch, folder)
        run(REPOSITORY / "README.md")
    return folder


def prepare(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.chdir(folder)
    patch.setenv("KOSENT_DATA", str(folder / "data"))  # nothing is there, so nothing is needed


def test_the_lines_of_the_readme_run(workshop: Path) -> None:
    assert (workshop / "models/mine/manifest.json").is_file()
    assert not (workshop / "data").exists()


RUNNING = [path for path, _ in TWINS[1:] if read(path).of("python")]


@pytest.mark.slow
@pytest.mark.parametrize("path", RUNNING, ids=shown)
def test_code_runs(path: Path, workshop: Path, request: pytest.FixtureRequest) -> None:
    if path.name == "distillation.md":  # the page that trains a network of Keras
        request.getfixturevalue("without_tracing")
    with pytest.MonkeyPatch.context() as patch:
        prepare(patch, workshop)
        run(path)
    assert not (workshop / "data").exists()
