"""What a sniffer makes of files: TOOL LIST, a path a line; prints delimiter, quote and rows, parted by U+001F, a line each."""

import sys

tool, listing = sys.argv[1], sys.argv[2]
paths = open(listing, encoding="utf-8").read().splitlines()


def duckdb_sniffer():
    import duckdb

    def sniff(path):
        literal = path.replace("'", "''")
        found = duckdb.sql(f"SELECT Delimiter, Quote FROM sniff_csv('{literal}')").fetchall()[0]
        rows = duckdb.sql(f"SELECT count(*) FROM read_csv('{literal}', all_varchar = true)").fetchall()[0][0]
        return found[0], found[1], rows

    return sniff


def clever_sniffer():
    import clevercsv

    def sniff(path):
        try:
            text = open(path, encoding="utf-8", newline="").read()
        except UnicodeDecodeError:
            text = open(path, encoding="latin-1", newline="").read()
        dialect = clevercsv.Sniffer().sniff(text[: 1 << 16])
        rows = sum(1 for row in clevercsv.reader(text.splitlines(True), dialect) if any(row))
        return dialect.delimiter, dialect.quotechar, max(rows - 1, 0)

    return sniff


sniff = {"duckdb": duckdb_sniffer, "clevercsv": clever_sniffer}[tool]()
for path in paths:
    try:
        delimiter, quote, rows = sniff(path)
    except Exception:
        delimiter, quote, rows = "", "", ""
    quote = "" if quote in (None, "(empty)", "\0") else quote
    delimiter = "" if delimiter in (None, "(empty)", "\0") else delimiter
    print("\x1f".join([delimiter.replace("\t", "\\t"), quote, str(rows)]))
