"""What ``kosent predict --engine ray`` costs and survives: two nodes here against one process.

The two nodes are processes of this machine (``ray.cluster_utils.Cluster``): a head with one
processor and a node with two, so that of two actors one is on the node at least. ``--kill`` ends an
actor, or the whole node, once two shards are answered. All files are held byte for byte.

Needs Ray (the extra ``ray``). Run: ``python bench/ray_nodes.py [--lines 500000] [--kill node]``
"""

from __future__ import annotations

import argparse
import filecmp
import os
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs import KOSENT, run, write_texts

MEMORY = 100 * 2**20  # bytes of a node's object store: only names of files go through it


def nodes() -> tuple[Any, Any]:
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    head = {"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    node = cluster.add_node(num_cpus=2, object_store_memory=MEMORY)
    return cluster, node


def kill_actor() -> None:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"ray::MapWorker" in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
                return


def kill_later(shards: Path, kill: Any) -> None:
    """Kill once two shards are answered; say how many were by then."""
    while len(list(shards.glob("*.answers"))) < 2:
        time.sleep(0.1)
    kill()
    answered, all_of_them = (len(list(shards.glob(f"*.{name}"))) for name in ("answers", "texts"))
    print(f"killed with {answered} of {all_of_them} shards answered", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--kill", choices=["actor", "node"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, one, other = (Path(folder) / name for name in ("in.txt", "one.jsonl", "ray.jsonl"))
        write_texts(source, given.lines, 7)
        alone = run(source, one, 1, None)
        print(
            f"--jobs 1        {alone.seconds:6.1f} s  (load {os.getloadavg()[0]:.1f})", flush=True
        )
        started = time.perf_counter()
        cluster, node = nodes()
        print(f"cluster started {time.perf_counter() - started:6.1f} s", flush=True)
        kill = {
            "actor": kill_actor,
            "node": lambda: cluster.remove_node(node, allow_graceful=False),
        }
        if given.kill:
            shards = other.with_name(other.name + ".shards")
            arguments = (shards, kill[given.kill])
            threading.Thread(target=kill_later, args=arguments, daemon=True).start()
        command = [*KOSENT, "predict", "--input", str(source), "--output", str(other)]
        command += ["--engine", "ray", "--jobs", "2"]
        started = time.perf_counter()
        subprocess.run(command, check=True, env=os.environ | {"RAY_ADDRESS": cluster.address})
        seconds = time.perf_counter() - started
        print(f"--engine ray    {seconds:6.1f} s  (load {os.getloadavg()[0]:.1f})")
        print(f"x{alone.seconds / seconds:.2f}; equal: {filecmp.cmp(one, other, shallow=False)}")
        cluster.shutdown()


if __name__ == "__main__":
    main()
