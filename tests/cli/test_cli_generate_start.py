"""What `llmgen generate` imports: start-up is most of what ten thousand rows take."""

import os
import subprocess
import sys
from pathlib import Path

USERS = Path(__file__).parents[2] / "benchmarks/users/schema.sql"
RUN = "import sys; from llmgen.cli.app import run; code = run(); print(*sys.modules, file=sys.stderr); sys.exit(code)"
NEEDLESS = (
    "anthropic", "dateparser", "duckdb", "faker", "httpx2", "jinja2", "pyarrow.parquet", "pydbml", "sqlalchemy",
    "sqlglot.generators.duckdb", "sqlglot.generators.mysql", "tenacity", "yaml", "llmgen.author.loop",
    "llmgen.validate.judge",
)  # fmt: skip


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run of the command for the users' schema ends with."""
    asked = ["generate", "--schema", str(USERS), "--rows", "users=40,organizations=4", "--seed", "1", "-o", "out"]
    done = subprocess.run([sys.executable, "-c", RUN, *asked, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_nothing_is_imported_that_no_row_needs(tmp_path: Path) -> None:
    modules = imported(tmp_path)
    assert "pyarrow" in modules, "what is imported is seen"
    assert not modules & set(NEEDLESS)


def test_parquet_is_imported_for_parquet(tmp_path: Path) -> None:
    modules = imported(tmp_path, "--format", "parquet")
    assert "pyarrow.parquet" in modules
    assert not modules & (set(NEEDLESS) - {"pyarrow.parquet"})


def test_programs_started_later_have_the_usual_threads() -> None:
    code = "import os, sys; from llmgen.cli.numeric import import_numpy; before = dict(os.environ); import_numpy(); "
    code += "assert dict(os.environ) == before; assert 'numpy' in sys.modules or 'OPENBLAS_NUM_THREADS' in before"
    for threads in (None, "3"):
        env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        env |= {"OPENBLAS_NUM_THREADS": threads} if threads else {}
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
