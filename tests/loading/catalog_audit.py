"""What a database holds against its own constraints, found from its catalog alone and never from llmgen's reading."""

from loading.mysql_audit import audit_mysql
from loading.postgres_audit import audit_postgres
from loading.sqlite_audit import audit_sqlite


def catalog_audit(url: str) -> list[str]:
    """One line a constraint that rows break, with how many; empty if all hold."""
    backend = url.partition(":")[0].partition("+")[0]
    return {"postgresql": audit_postgres, "mysql": audit_mysql, "sqlite": audit_sqlite}[backend](url)
