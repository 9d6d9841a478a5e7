"""The plan of `benches/plan.rs` (6 options, 5 limits) by HiGHS: the linear relaxation, and with --whole the plan itself.

    python benches/peers/plan.py plan.csv [--whole] [--seconds 300]

Needs highspy and numpy.
"""

import argparse
import json
import time

import highspy
import numpy as np


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("csv")
    arguments.add_argument("--whole", action="store_true")
    arguments.add_argument("--seconds", type=float, default=300)
    given = arguments.parse_args()
    table = np.loadtxt(given.csv, delimiter=",", skiprows=1, dtype=np.int64)
    person, kind, value, cost = table.T
    people, columns = person.max() + 1, len(table)
    option, segment = kind // 3, kind % 3
    rows = [
        (cost / 10_000, -np.inf, people / 10),
        (np.isin(option, [3, 4]), -np.inf, people * 15 // 100),
        (option == 5, -np.inf, people * 5 // 100),
        (option < 3, -np.inf, people * 55 // 100),
        (segment == 2, people * 32 // 100, np.inf),
    ]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, people + len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = value / 10_000
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_ = np.concatenate([np.full(people, -np.inf), [row[1] for row in rows]])
    model.row_upper_ = np.concatenate([np.ones(people), [row[2] for row in rows]])
    starts, index, values = [0], [], []
    for column in range(columns):
        index.append(person[column])
        values.append(1.0)
        for place, (coefficients, _, _) in enumerate(rows):
            if coefficients[column]:
                index.append(people + place)
                values.append(float(coefficients[column]))
        starts.append(len(index))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, index, values
    if given.whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = highspy.Highs()
    for name, setting in [("output_flag", False), ("threads", 1), ("parallel", "off"), ("time_limit", given.seconds), ("mip_rel_gap", 0.0)]:
        solver.setOptionValue(name, setting)
    solver.passModel(model)
    began = time.process_time()
    solver.run()
    info = solver.getInfo()
    print(json.dumps({
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "value": info.objective_function_value,
        "bound": info.mip_dual_bound if given.whole else info.objective_function_value,
        "cpu_s": round(time.process_time() - began, 2),
    }))


main()
