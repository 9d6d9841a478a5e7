"""The core features of benches/features.rs by SQL in DuckDB, from the CSV that it wrote.

    python benches/peers/features.py lines.csv --threads 2 [--repeat 3]

The lines are loaded into a table in memory first (not counted), as ours are in columns in memory; then the query is
timed. Prints one JSON line per repetition; `core` must agree with that of the Rust bench.
"""

import argparse
import json
import resource
import time

import duckdb

QUERY = """
create or replace table features as
with known as (select * from lines where ts < timestamp '2026-01-01'),
orders as (
    select customer, order_id, min(ts) as ts, sum(amount) as money, count(*) as lines, sum(quantity) as quantity,
           count(distinct item) as items
    from known group by customer, order_id
),
aged as (select *, epoch(timestamp '2026-01-01' - ts) / 86400.0 as age from orders),
totals as (
    select customer,
           floor(min(age)) as recency_days, floor(max(age)) as tenure_days,
           count(*) as orders_lifetime, sum(money) as money_lifetime,
           count(*) filter (age <= 30) as orders_30d, count(*) filter (age <= 60) as orders_60d,
           count(*) filter (age <= 90) as orders_90d, count(*) filter (age <= 180) as orders_180d,
           count(*) filter (age <= 365) as orders_365d,
           sum(money) filter (age <= 30) as money_30d, sum(money) filter (age <= 60) as money_60d,
           sum(money) filter (age <= 90) as money_90d, sum(money) filter (age <= 180) as money_180d,
           sum(money) filter (age <= 365) as money_365d,
           avg(money) filter (age <= 365) as basket_value_mean, avg(lines) filter (age <= 365) as basket_lines_mean,
           avg(items) filter (age <= 365) as basket_items_mean, avg(quantity) filter (age <= 365) as basket_quantity_mean
    from aged group by customer
),
days as (select distinct customer, date_trunc('day', ts) as day from orders),
gaps as (select customer, date_diff('day', lag(day) over (partition by customer order by day), day) as gap from days),
rhythm as (
    select customer, avg(gap) as gap_days_mean, stddev_samp(gap) as gap_days_sd from gaps group by customer
),
variety as (
    select customer, count(distinct item) as distinct_items_observed
    from known where ts >= timestamp '2026-01-01' - interval 365 day group by customer
)
select * from totals join rhythm using (customer) join variety using (customer) where orders_365d > 0
order by customer
"""

CORE = [
    "recency_days", "tenure_days", "orders_lifetime", "money_lifetime", "orders_30d", "orders_60d", "orders_90d",
    "orders_180d", "orders_365d", "money_90d", "money_365d", "gap_days_mean", "gap_days_sd", "distinct_items_observed",
    "basket_lines_mean", "basket_items_mean",
]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    connection = duckdb.connect(config={"threads": given.threads})
    connection.execute(
        "create table lines as select * from read_csv(?, header = true, columns = {'customer': 'uinteger', "
        "'order_id': 'uinteger', 'item': 'uinteger', 'ts': 'timestamp', 'quantity': 'bigint', 'amount': 'decimal(18,4)'})",
        [given.csv],
    )
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    for _ in range(given.repeat):
        wall, before = time.perf_counter(), cpu()
        connection.execute(QUERY)
        wall, spent = time.perf_counter() - wall, cpu() - before
        sums = connection.execute("select " + ", ".join(f"sum({name})" for name in CORE) + " from features").fetchone()
        print(json.dumps({
            "peer": f"duckdb {duckdb.__version__}",
            "customers": connection.execute("select count(*) from features").fetchone()[0],
            "wall_s": round(wall, 3),
            "cpu_s": round(spent, 3),
            "loaded_peak_mb": loaded,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            "core": [float(f"{value:.4e}") for value in sums],
        }))


if __name__ == "__main__":
    main()
