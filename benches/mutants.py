#!/usr/bin/env python3
"""Changes one operator of a pure room at a time and counts how many of these changes its tests notice.

    python3 benches/mutants.py planning --mutants 40 --seed 1

The room is built alone with `numeric`, beside a copy of the lock file, so that a change takes seconds. A change that no test notices is printed
with its line: it is either equal in meaning or a gap in the tests."""

import argparse
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PURE = ROOT / "src/pure"
# What is written instead; each row is tried where its left side stands between blanks or before a bracket.
CHANGES = [
    (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
    (" + ", " - "), (" - ", " + "), (" * ", " + "), (" && ", " || "), (" || ", " && "), (".min(", ".max("), (".max(", ".min("),
    (".any(", ".all("), (".all(", ".any("), ("if !", "if "),
]
DEPENDENCIES = ["rand", "rand_chacha", "rayon", "thiserror", "proptest", "rustc-hash", "libm"]


def package(folder, room):
    (folder / "src").mkdir()
    for name in (room, "numeric"):
        shutil.copytree(PURE / name, folder / "src" / name)
    workspace = (ROOT / "Cargo.toml").read_text() + (PURE / "Cargo.toml").read_text()
    lines = [re.search(rf'^{name} = (?:"|\{{.*version).*$', workspace, re.M).group(0) for name in DEPENDENCIES]
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "mutants"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n'
        + "\n".join(lines)
        + "\n[profile.dev]\nopt-level = 2\ndebug = false\n"
    )
    shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
    (folder / "src/lib.rs").write_text(f"pub mod numeric;\npub mod {room};\n")


def places(folder, room):
    """Every place outside tests and comments where something can be changed: file, offset, what, into what."""
    found = []
    for path in sorted((folder / "src" / room).rglob("*.rs")):
        text = path.read_text()
        if path.stem in ("proofs", "evidence"):
            continue
        offset = 0
        for line in text.split("#[cfg(test)]")[0].splitlines(keepends=True):
            code = line.split("//")[0]
            for old, new in CHANGES:
                start = code.find(old)
                while start >= 0:
                    found.append((path, offset + start, old, new))
                    start = code.find(old, start + 1)
            offset += len(line)
    return found


def noticed(folder, room, seconds):
    command = ["cargo", "test", "--quiet", "--lib", room]
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room")
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=180, help="after which a test that goes on counts as failed")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        package(folder, settings.room)
        if noticed(folder, settings.room, 900) != 0:
            raise SystemExit("the tests fail without a change")
        all_places = places(folder, settings.room)
        chosen = random.Random(settings.seed).sample(all_places, min(settings.mutants, len(all_places)))
        killed, kept, unbuilt = 0, [], 0
        for path, offset, old, new in chosen:
            text = path.read_text()
            path.write_text(text[:offset] + new + text[offset + len(old):])
            build = subprocess.run(["cargo", "test", "--quiet", "--lib", "--no-run"], cwd=folder, capture_output=True)
            if build.returncode != 0:
                unbuilt += 1
            elif noticed(folder, settings.room, settings.seconds) != 0:
                killed += 1
            else:
                line = text.count("\n", 0, offset)
                kept.append(f"{path.name}:{line + 1}: `{old.strip()}` as `{new.strip()}`: {text.splitlines()[line].strip()}")
            path.write_text(text)
            print(".", end="", flush=True)
        print(f"\n{settings.room}: {killed} of {killed + len(kept)} changes are noticed ({unbuilt} did not build), of {len(all_places)} places")
        for line in kept:
            print("  not noticed:", line)


if __name__ == "__main__":
    main()
