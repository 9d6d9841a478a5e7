#!/usr/bin/env python3
"""Runs the shipped pipelines with two builds of patron and compares the digests of everything they make.

    python3 benches/same_bytes.py OLD NEW --data FOLDER [PIPELINE ...]

OLD and NEW are two `patron` binaries. FOLDER holds the public data sets (datasets/README.md); without it only the demo shop
runs. Prints one line for each output that differs, a summary for each pipeline, and the wall seconds of both builds.
Exit code 0: all digests are equal; 1: some differ or a run failed.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(binary, pipeline, data, out):
    """Digests of every output of one run, as {(step, name): digest}, and its wall seconds."""
    command = [binary, "run", str(pipeline), "--out", str(out / "out"), "--models", str(out / "models"), "--quiet"]
    if data and pipeline.stem != "demo-shop":
        command += ["--var", f"data={data}"]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    record = out / "out" / "latest" / "run.json"
    if not record.exists():
        print(f"{pipeline.name}: {binary} ended with {done.returncode}: {done.stderr.strip()[:400]}")
        return None, seconds
    steps = json.loads(record.read_text())["steps"]
    return {(step["name"], name): digest for step in steps for name, digest in step["outputs"].items()}, seconds


def compare(old, new, pipeline, data):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        before, old_seconds = run(old, pipeline, data, folder / "old")
        after, new_seconds = run(new, pipeline, data, folder / "new")
    if before is None or after is None:
        return False
    places = sorted(set(before) | set(after))
    changed = [place for place in places if before.get(place) != after.get(place)]
    for step, name in changed:
        state = "only old" if (step, name) not in after else "only new" if (step, name) not in before else "differs"
        print(f"{pipeline.name}: {step}/{name}: {state}")
    print(f"{pipeline.name}: {len(places) - len(changed)} of {len(places)} equal; {old_seconds:.1f} s, then {new_seconds:.1f} s")
    return not changed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--data")
    parser.add_argument("pipelines", nargs="*", type=pathlib.Path)
    given = parser.parse_args()
    every = sorted((ROOT / "pipelines").glob("*.toml"))
    pipelines = [p.resolve() for p in given.pipelines] or (every if given.data else [ROOT / "pipelines" / "demo-shop.toml"])
    same = [compare(given.old, given.new, pipeline, given.data) for pipeline in pipelines]
    sys.exit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
