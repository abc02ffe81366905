"""The docs' table of installations: how much disk each takes, packages alone, without pip.

Each is made in a new environment in a temporary folder. ``--source`` measures another checkout.

Run: ``python bench/installs.py [--only NAME ...] [--source FOLDER]`` (an index, 4 GB in TMPDIR)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WAYS = {
    "pip install .": ["."],
    "pip install '.[java]'": [".[java]"],
    "train.lock": ["--no-deps --require-hashes -r requirements/train.lock", "--no-deps ."],
    "serve.txt": ["-r requirements/serve.txt", "--no-deps ."],
    "serve.lock": ["--no-deps --require-hashes -r requirements/serve.lock", "--no-deps ."],
    "predict.txt": ["-r requirements/predict.txt", "--no-deps ."],
}
SHOWN = 4  # largest parts


def install(steps: list[str], source: Path, folder: Path) -> Path:
    """Install into a new environment; return the folder of its packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "-q"]
    for step in steps:
        subprocess.run([*pip, *step.split()], cwd=source, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    return packages


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file() and not each.is_symlink())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--source", type=Path, default=HERE)
    options = parser.parse_args()
    print("| installed | MB | packages | largest parts, MB |\n|---|---|---|---|")
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            packages = install(WAYS[name], options.source.resolve(), Path(folder))
            parts = {each.name: size(each) / 1e6 for each in packages.iterdir()}
            count = len(list(packages.glob("*.dist-info")))
        largest = sorted(parts.items(), key=lambda part: -part[1])[:SHOWN]
        shown = ", ".join(f"{part} {megabytes:.0f}" for part, megabytes in largest)
        print(f"| {name} | {sum(parts.values()):,.0f} | {count} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
