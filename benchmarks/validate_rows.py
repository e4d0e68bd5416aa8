"""Judging a million rows: `llmgen validate` over users of organizations, 13 columns, in each format.

    python benchmarks/validate_rows.py [--rows 1000000] [--formats csv,jsonl,parquet]

Makes the rows itself, then runs the command as a process of its own and prints its seconds and its peak memory. Wanted
on two cores: at most 5 seconds and 1.5 GB a format, and no violation.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

SCHEMA = """
CREATE TABLE organizations (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (
  id uuid PRIMARY KEY,
  organization_id bigint NOT NULL REFERENCES organizations (id),
  email varchar(255) NOT NULL UNIQUE,
  full_name text NOT NULL,
  phone varchar(32),
  country char(2) NOT NULL,
  city text,
  status text NOT NULL CHECK (status IN ('active', 'invited', 'suspended', 'deleted')),
  seats integer NOT NULL CHECK (seats BETWEEN 1 AND 1000),
  balance numeric(12, 2) NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT in_order CHECK (updated_at >= created_at AND (deleted_at IS NULL OR deleted_at >= created_at)),
  CONSTRAINT deleted CHECK ((status = 'deleted') = (deleted_at IS NOT NULL))
);
"""
YEAR = 365 * 86_400
CHUNK = 65_536


def texts(pattern: str, numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pa.Array:
    """The pattern with each number in the place of its `{}`."""
    before, after = pattern.split("{}")
    return pc.binary_join_element_wise(before, pa.array(numbers).cast(pa.string()), after, "")


def users(first: int, rows: int, organizations: int) -> pa.Table:
    """Rows of users from a place on; the same for any split."""
    n = np.arange(first, first + rows)
    drawn = (n * 2_654_435_761) % 2_147_483_647
    created = 1_600_000_000 + drawn % (4 * YEAR)
    status = pa.array(["active", "invited", "suspended", "deleted"]).take(pa.array(n % 4))
    deleted = pa.array(created + 90_000, mask=n % 4 != 3)
    moments = {"created_at": pa.array(created), "updated_at": pa.array(created + drawn % 80_000), "deleted_at": deleted}
    digits = pc.utf8_lpad(pa.array(n).cast(pa.string()), 12, "0")
    first_names = pa.array(["Zoë", "Ann", "Bjørn", "李", "Fatima"]).take(pa.array(drawn % 5))
    return pa.table(
        {
            "id": pc.binary_join_element_wise("6f1c2b1e-8d3a-4c55-9a70-", digits, ""),
            "organization_id": pa.array(1 + drawn % organizations),
            "email": texts("person.{}@example.com", n),
            "full_name": pc.binary_join_element_wise(first_names, texts("Lee-{}", drawn), " "),
            "phone": texts("+1 212 555 {}", 1000 + n % 9000),
            "country": pa.array(["US", "DE", "JP", "BR"]).take(pa.array(drawn % 4)),
            "city": pa.array(["New York", "Köln", "東京", None]).take(pa.array(drawn % 4)),
            "status": status,
            "seats": pa.array(1 + drawn % 1000),
            "balance": pa.array(drawn % 1_000_000).cast(pa.decimal128(21, 2)).cast(pa.decimal128(12, 2)),
            **{name: cells.cast(pa.timestamp("s")).cast(pa.timestamp("us", "UTC")) for name, cells in moments.items()},
        }
    )


def spelled(table: pa.Table) -> pa.Table:
    """The moments as text, as CSV and JSON lines have them."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            text = pc.strftime(table.column(place).cast(pa.timestamp("s", "UTC")), "%Y-%m-%dT%H:%M:%SZ")
            table = table.set_column(place, field.name, text)
    return table


def write(folder: Path, format: str, rows: int) -> None:
    """A dataset directory of two tables."""
    organizations = max(rows // 20, 1)
    parents = pa.table(
        {"id": np.arange(1, organizations + 1), "name": texts("Organization {}", np.arange(organizations))}
    )
    chunks = [users(first, min(CHUNK, rows - first), organizations) for first in range(0, rows, CHUNK)]
    for name, table in (("organizations", parents), ("users", pa.concat_tables(chunks))):
        path = folder / f"{name}.{format}"
        if format == "parquet":
            parquet.write_table(table, path)
        elif format == "csv":
            csv.write_csv(spelled(table), path, csv.WriteOptions(quoting_style="needed"))
        else:
            with path.open("w", encoding="utf-8") as file:
                for batch in spelled(table).to_batches(CHUNK):
                    rows_of = batch.to_pylist()
                    file.writelines(json.dumps(row, ensure_ascii=False, default=float) + "\n" for row in rows_of)


def main() -> int:
    """Print a line a format; 1 if a run found fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="csv,jsonl,parquet")
    chosen = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        schema = Path(place) / "schema.sql"
        schema.write_text(SCHEMA, "utf-8")
        for format in chosen.formats.split(","):
            folder = Path(place) / format
            folder.mkdir()
            write(folder, format, chosen.rows)
            command = [sys.executable, "-m", "llmgen", "validate", str(folder), "--schema", str(schema)]
            started = time.monotonic()
            process = subprocess.Popen(command, cwd=place)
            _, status, usage = os.wait4(process.pid, 0)
            seconds, peak = time.monotonic() - started, usage.ru_maxrss / 1024
            failed |= status
            size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
            used = usage.ru_utime + usage.ru_stime
            line = f"{format:<8} {size:6.0f} MB  {seconds:5.2f} s ({used:.2f} s of processor)  peak {peak:5.0f} MB"
            sys.stdout.write(f"{line}  {chosen.rows / seconds:,.0f} rows/s\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
