"""The bare CSV -> Parquet of one peer: ingest.py ENGINE CSV THREADS. The peak of its memory in MB is the last line printed.

ENGINE is duckdb, duckdb-rejects (bad rows stored aside, as patron does) or polars.
"""

import os
import resource
import sys
import tempfile

engine, source, threads = sys.argv[1:4]
os.environ["POLARS_MAX_THREADS"] = threads
with tempfile.TemporaryDirectory() as folder:
    target = os.path.join(folder, "rows.parquet")
    if engine == "polars":
        import polars

        # Its fastest way: times read as text and parsed by a declared format; a time in the schema takes it twice as long.
        types = {
            "customer_id": polars.String,
            "order_id": polars.Int64,
            "ts": polars.String,
            "sku": polars.String,
            "qty": polars.Int64,
            "price": polars.Float64,
        }
        time = polars.col("ts").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
        polars.scan_csv(source, schema=types).with_columns(time).sink_parquet(target)
        print("written")
    else:
        import duckdb

        columns = "{'customer_id':'VARCHAR','order_id':'BIGINT','ts':'TIMESTAMP','sku':'VARCHAR','qty':'BIGINT','price':'DOUBLE'}"
        aside = ", store_rejects=true, rejects_limit=0" if engine == "duckdb-rejects" else ""
        connection = duckdb.connect()
        connection.execute(f"SET threads = {threads}")
        query = f"SELECT * FROM read_csv('{source}', header=true, delim=',', quote='\"', columns={columns}{aside})"
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
        if aside:
            rejects = connection.execute("SELECT count(*) FROM reject_errors").fetchone()[0]
            connection.execute(f"COPY reject_errors TO '{os.path.join(folder, 'rejects.parquet')}' (FORMAT parquet)")
            print(f"{rejects} rejects")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
