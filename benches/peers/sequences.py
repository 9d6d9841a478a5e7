"""Other sequence miners on the rows of benches/sequences.rs: CPU seconds and peak memory of whole processes.

    python sequences.py [--out peers.jsonl] [--repeats 3] [--peers …] [--rows …] [--data ../shared/data/spmf_sequences] [--timeout 300]

rusket, prefixspan and seq2pat come from PyPI; SPMF is used when SPMF_JAR names its jar. A peer that is not installed is
skipped with a line that says so. Every peer gets a plain file and counts (SPMF: writes) its patterns; the start of Python
or Java is part of its time, as it is part of ours.
"""

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = [
    ("SIGN", 110, "all", 27213), ("SIGN", 110, "closed", 27189), ("SIGN", 110, "maximal", 8774),
    ("SIGN", 73, "all", 110417), ("SIGN", 73, "closed", 109743),
    ("LEVIATHAN", 117, "all", 33387), ("LEVIATHAN", 117, "closed", 32655), ("LEVIATHAN", 117, "maximal", 17124),
    ("LEVIATHAN", 58, "all", 173930), ("LEVIATHAN", 58, "closed", 166774),
]

RUSKET = """
import sys, rusket
rows = [[int(item) for item in line.split()] for line in open(sys.argv[1])]
print("COUNT", len(rusket.prefixspan(rows, min_support=int(sys.argv[2]))))
"""

PREFIXSPAN = """
import sys
from prefixspan import PrefixSpan
rows = [[int(item) for item in line.split()] for line in open(sys.argv[1])]
print("COUNT", len(PrefixSpan(rows).frequent(int(sys.argv[2]), closed=sys.argv[3] == "closed")))
"""

SEQ2PAT = """
import sys
from sequential.seq2pat import Seq2Pat
if __name__ == "__main__":
    rows = [[int(item) for item in line.split()] for line in open(sys.argv[1])]
    print("COUNT", len(Seq2Pat(sequences=rows).get_patterns(min_frequency=int(sys.argv[2]))))
"""

PYTHON_PEERS = {"rusket": (RUSKET, ["all"]), "prefixspan": (PREFIXSPAN, ["all", "closed"]), "seq2pat": (SEQ2PAT, ["all"])}
MODULES = {"rusket": "rusket", "prefixspan": "prefixspan", "seq2pat": "sequential.seq2pat"}
SPMF = {"all": ["PrefixSpan", "CM-SPAM"], "closed": ["BIDE+", "CM-ClaSP"], "maximal": ["VMSP"]}


def measured(command, timeout):
    """Output, CPU seconds and peak megabytes of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(["/usr/bin/time", "-f", "PEAK %M"] + command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = re.findall(r"PEAK (\d+)", done.stderr)
    return done.stdout + done.stderr, cpu, int(peak[-1]) / 1000 if peak else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="-")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=300)
    parser.add_argument("--peers", nargs="*", help="only these")
    parser.add_argument("--rows", nargs="*", help='only these, such as "SIGN 110 all"')
    parser.add_argument("--data", default=str(Path(__file__).resolve().parents[2] / "../shared/data/spmf_sequences"))
    options = parser.parse_args()
    out = sys.stdout if options.out == "-" else open(options.out, "a")
    folder = Path(tempfile.mkdtemp())
    jar = os.environ.get("SPMF_JAR")
    for data, count, kind, patterns in ROWS:
        if options.rows and f"{data} {count} {kind}" not in options.rows:
            continue
        plain, spmf = folder / f"{data}.txt", folder / f"{data}.spmf"
        if not plain.exists():
            text = gzip.open(Path(options.data) / f"{data}.txt.gz", "rt").read()
            plain.write_text(text)
            spmf.write_text("".join(" -1 ".join(line.split()) + " -1 -2\n" for line in text.splitlines()))
        customers = sum(1 for _ in open(plain))
        calls = []
        for name, (script, kinds) in PYTHON_PEERS.items():
            if kind in kinds:
                missing = subprocess.run([sys.executable, "-c", f"import {MODULES[name]}"], capture_output=True).returncode
                if missing:
                    print(f"skipped: {name} is not installed", file=sys.stderr)
                    continue
                path = folder / f"{name}_peer.py"
                path.write_text(script)
                calls.append((name, [sys.executable, str(path), str(plain), str(count), kind], None))
        if jar:
            share = f"{100 * (count - 0.5) / customers:.6f}%"
            for name in SPMF[kind]:
                result = folder / "spmf.out"
                call = ["java", "-jar", jar, "run", name, str(spmf), str(result), share]
                calls.append((f"spmf-{name}", call, result))
        elif (data, kind) == ("SIGN", "all"):
            print("skipped: SPMF_JAR is not set", file=sys.stderr)
        for name, call, written in calls:
            if options.peers and name not in options.peers:
                continue
            for _ in range(options.repeats):
                result = measured(call, options.timeout)
                row = {"peer": name, "row": f"{data} {count} {kind}"}
                if result is None:
                    row["timeout"] = options.timeout
                else:
                    text, cpu, mb = result
                    if written:
                        found = [sum(1 for line in open(written) if line.strip())] if written.exists() else []
                        written.unlink(missing_ok=True)
                    else:
                        found = re.findall(r"COUNT (\d+)", text)
                    row.update(cpu=round(cpu, 3), mb=round(mb, 1), patterns=int(found[-1]) if found else None, expected=patterns)
                print(json.dumps(row), file=out, flush=True)
                if result is None:
                    break


main()
