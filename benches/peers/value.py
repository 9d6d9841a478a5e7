"""BG/NBD and Pareto/NBD of lifetimes on the customers that `cargo bench --bench value -- --csv FILE` wrote.

    pip install lifetimes
    python benches/peers/value.py customers.csv [--pareto]
"""

import json
import resource
import sys
import time

import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter


def fitted(fitter, data):
    wall, cpu = time.perf_counter(), time.process_time()
    fitter.fit(data["frequency"], data["recency"], data["T"])
    return fitter, round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2)


data = pd.read_csv(sys.argv[1])
model, wall, cpu = fitted(BetaGeoFitter(), data)
row = {"customers": len(data), "bg_wall_s": wall, "bg_cpu_s": cpu, "bg": [round(float(p), 5) for p in model.params_]}
if "--pareto" in sys.argv:
    model, wall, cpu = fitted(ParetoNBDFitter(), data)
    row |= {"pareto_wall_s": wall, "pareto_cpu_s": cpu, "pareto": [round(float(p), 5) for p in model.params_]}
row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(row))
