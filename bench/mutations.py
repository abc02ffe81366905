"""Random damage to saved models: each is refused, or predicts what it predicted before.

Files are changed byte by byte, cut, joined and swapped, in a folder and in one ``.kosent`` file.
A second kind signs the manifest again, as a forger would, over a changed ``model.onnx``. Each
model is loaded in a child process, so that a crash of a library would be seen as one.

Run: ``python bench/mutations.py [--count 100000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", ""]
A_CHILD = 5000  # changes


def damage(data: bytes, rng: random.Random) -> bytes:
    """Change a file somewhere."""
    kind = rng.randrange(6)
    at = rng.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + rng.randbytes(rng.randrange(1, 9)) + data[at:]
    if kind == 2:
        return data[:at] + data[at + rng.randrange(1, 99) :]
    broken = bytearray(data)
    for _ in range(1 if kind < 5 else rng.randrange(2, 20)):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def child(seed: int, count: int) -> None:
    """Load changed models; print how many were refused, and how many were the same all the same."""
    import numpy as np

    import kosent
    from kosent.errors import BundleError
    from kosent.support.signed import from_signed_json, sha256, to_signed_json

    rng = random.Random(seed)  # noqa: S311  not for secrets
    bundles = sorted(GOLDEN.iterdir())
    expected = {path: kosent.load(path).predict_proba(TEXTS) for path in bundles}
    refused = same = forged = 0
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(count):
            original = rng.choice(bundles)
            path = Path(scratch, original.name)
            signed = False
            if original.is_file():
                path.write_bytes(damage(original.read_bytes(), rng))
            else:
                shutil.copytree(original, path, dirs_exist_ok=True)
                name = rng.choice(sorted(each.name for each in path.iterdir()))
                data = damage((path / name).read_bytes(), rng)
                (path / name).write_bytes(data)
                signed = name == "model.onnx" and rng.random() < 0.5
                if signed:
                    manifest = (path / "manifest.json").read_bytes()
                    document = from_signed_json(manifest, "manifest_sha256")
                    document["files"][name] = {"size": len(data), "sha256": sha256(data)}
                    signature = to_signed_json(document, "manifest_sha256")
                    (path / "manifest.json").write_bytes(signature)
            try:
                found = kosent.load(path).predict_proba(TEXTS)
            except BundleError:
                refused += 1
                continue
            if signed:  # nothing can tell it from a model that was trained so
                assert np.isfinite(found).all()
                forged += 1
            else:
                assert np.abs(found - expected[original]).max() < 1e-6, path
                same += 1
    print(f"{count} {refused} {same} {forged}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        child(options.child, options.count)
        return
    totals = [0, 0, 0, 0]
    for number in range(-(-options.count // A_CHILD)):
        count = min(A_CHILD, options.count - number * A_CHILD)
        seed = options.seed * 1_000_000 + number
        command = [sys.executable, __file__, "--child", str(seed), "--count", str(count)]
        ended = subprocess.run(command, check=True, capture_output=True, text=True)
        totals = [a + int(b) for a, b in zip(totals, ended.stdout.split(), strict=True)]
    print(
        "{:,} changes: {:,} refused, {:,} of bytes that nothing depends on, "
        "{:,} forged and signed".format(*totals)
    )


if __name__ == "__main__":
    main()
