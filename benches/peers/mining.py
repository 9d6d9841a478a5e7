#!/usr/bin/env python3
"""Sets `patron mine itemsets` beside other miners, whole processes from file to result, and prints ratios.

    python3 -m venv venv && venv/bin/pip install pyfim rusket pyarrow scipy mlxtend
    venv/bin/python benches/peers/mining.py --data DIR [--lcm PROGRAM] [--ours "COMMAND ..."] [--repeats 3] [--slow]

DIR holds retail.dat, T10I4D100K.dat, mushroom.dat and chess.dat, unpacked. Peers that are not there are left out: pyfim,
rusket and mlxtend (with --slow) by import, LCM by --lcm. Every program runs as often as asked, in turns; the least CPU time
(user and system, all threads), the least wall time and the greatest resident memory count (with GNU time: a process that
Python starts begins with Python's own peak). `count` prints counts only,
where pyfim and LCM write nothing either; `write` writes every itemset to a file, as LCM does (pyfim hands lists to
Python instead). A ratio above 1 says how many times faster ours is than the fastest peer, and how much smaller than that.
"""
import argparse
import importlib.util
import math
import os
import shlex
import subprocess
import sys
import tempfile
import time

GNU_TIME = "/usr/bin/time"

ROWS = [(name, support, kind)
        for name, supports in [("retail", (88, 9)), ("T10I4D100K", (100, 10)), ("mushroom", (813, 406)), ("chess", (1600, 1278))]
        for support in supports for kind in ("all", "closed", "maximal")]

FIM = """
import sys, fim
rows = [list(map(int, line.split())) for line in open(sys.argv[1])]
found = getattr(fim, sys.argv[4])(rows, target=sys.argv[3], supp=-int(sys.argv[2]), zmin=1{report})
print({count})
"""
RUSKET = """
import sys, numpy, rusket, scipy.sparse
items, ends = [], [0]
for line in open(sys.argv[1]):
    items.extend(map(int, line.split())); ends.append(len(items))
names, inverse = numpy.unique(numpy.array(items, dtype=numpy.int32), return_inverse=True)
matrix = scipy.sparse.csr_matrix((numpy.ones(len(inverse), dtype=numpy.int8), inverse.astype(numpy.int32), numpy.array(ends)))
found = rusket.mine(matrix, min_support=(int(sys.argv[2]) - 0.5) / matrix.shape[0], method='fpgrowth',
                    use_colnames=False, column_names=[str(name) for name in names])
print(len(found))
"""
MLXTEND = """
import sys, pandas
from mlxtend.preprocessing import TransactionEncoder
from mlxtend.frequent_patterns import fpgrowth
rows = [line.split() for line in open(sys.argv[1])]
encoder = TransactionEncoder()
frame = pandas.DataFrame.sparse.from_spmatrix(encoder.fit(rows).transform(rows, sparse=True), columns=encoder.columns_)
print(len(fpgrowth(frame, min_support=(int(sys.argv[2]) - 0.5) / len(rows))))
"""


def programs(options, name, support, kind, out):
    """Command by name for one row, ours first."""
    file = os.path.join(options.data, name + ".dat")
    fill = {"file": file, "support": support, "kind": kind}
    ours = {}
    for threads in (1, 2):
        for mode, ending in (("count", options.count), ("write", options.write)):
            text = f"{options.ours} {ending}".format(**fill, threads=threads, out=out)
            ours[f"ours {mode} {threads}"] = shlex.split(text)
    peers = {}
    letter = {"all": "s", "closed": "c", "maximal": "m"}[kind]
    if importlib.util.find_spec("fim"):
        for method in ("eclat", "fpgrowth"):
            counting = FIM.format(report=", report='='", count="sum(int(row[2]) for row in found)")
            handing = FIM.format(report="", count="len(found)")
            peers[f"fim-{method} count"] = [sys.executable, "-c", counting, file, str(support), letter, method]
            peers[f"fim-{method} write"] = [sys.executable, "-c", handing, file, str(support), letter, method]
    if options.lcm:
        mode = {"all": "F", "closed": "C", "maximal": "M"}[kind]
        peers["lcm count"] = [options.lcm, mode + "_", file, str(support)]
        peers["lcm write"] = [options.lcm, mode, file, str(support), out]
    if kind == "all" and importlib.util.find_spec("rusket") and importlib.util.find_spec("pyarrow"):
        peers["rusket write"] = [sys.executable, "-c", RUSKET, file, str(support)]
    if kind == "all" and options.slow and importlib.util.find_spec("mlxtend"):
        peers["mlxtend write"] = [sys.executable, "-c", MLXTEND, file, str(support)]
    return ours, peers


def measure(command):
    """CPU seconds, wall seconds and megabytes."""
    with tempfile.NamedTemporaryFile("r") as note:
        timed = [GNU_TIME, "-f", "%M", "-o", note.name] if os.path.exists(GNU_TIME) else []
        start = time.perf_counter()
        process = subprocess.Popen(timed + command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if status:
            raise RuntimeError(f"{command[:3]} failed")
        kilobytes = int(note.read()) if timed else used.ru_maxrss
    return used.ru_utime + used.ru_stime, wall, kilobytes / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--lcm")
    parser.add_argument("--ours", default="target/release/patron mine itemsets {file} --support {support} --kind {kind} --threads {threads}")
    parser.add_argument("--count", default="--count", help="what asks ours to count only")
    parser.add_argument("--write", default="-o {out}", help="what asks ours to write")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    ratios = {}
    for name, support, kind in ROWS:
        if options.only not in name:
            continue
        with tempfile.NamedTemporaryFile() as out:
            ours, peers = programs(options, name, support, kind, out.name)
            best = {}
            for _ in range(options.repeats):
                for label, command in {**ours, **peers}.items():
                    try:
                        cpu, wall, memory = measure(command)
                    except (RuntimeError, OSError) as error:
                        print(f"left out: {label}: {error}", file=sys.stderr)
                        continue
                    old = best.get(label, (math.inf, math.inf, 0.0))
                    best[label] = (min(cpu, old[0]), min(wall, old[1]), max(memory, old[2]))
        for mode in ("count", "write"):
            rivals = {label: value for label, value in best.items() if label in peers and label.endswith(mode)}
            if not rivals:
                continue
            fastest = min(rivals, key=lambda label: rivals[label][0])
            quickest = min(value[1] for value in rivals.values())
            one, two = best[f"ours {mode} 1"], best[f"ours {mode} 2"]
            cpu, wall, memory = rivals[fastest][0] / max(one[0], 1e-3), quickest / two[1], rivals[fastest][2] / two[2]
            ratios.setdefault(mode, []).append((cpu, wall))
            print(f"{name:11s} {support:5d} {kind:8s} {mode:6s} ours {one[0]:6.3f} s CPU, two threads {two[1]:6.3f} s wall {two[2]:5.1f} MB | "
                  f"{fastest.split()[0]:13s} {rivals[fastest][0]:6.3f} s {rivals[fastest][1]:6.3f} s {rivals[fastest][2]:6.1f} MB | "
                  f"CPU {cpu:5.1f}x wall {wall:5.1f}x memory {memory:4.2f}x", flush=True)
    for mode, values in ratios.items():
        mean = [math.exp(sum(math.log(value[at]) for value in values) / len(values)) for at in (0, 1)]
        print(f"{mode}: geometric mean {mean[0]:.2f}x in CPU at one thread, {mean[1]:.2f}x in wall time at two threads; "
              f"least {min(value[0] for value in values):.2f}x and {min(value[1] for value in values):.2f}x")


if __name__ == "__main__":
    main()
