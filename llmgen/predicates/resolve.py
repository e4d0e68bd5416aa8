"""Names to real tables and columns: every column is qualified, and marked with the (table, column) it stands for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from llmgen.predicates.catalog import Catalog, near
from llmgen.predicates.refusal import Refused

ROOT = "ROOT"
_REAL_COLUMNS = "name only columns of the schema"


@dataclass(frozen=True)
class Source:
    """One thing in a FROM: its alias, the real table behind it ("" for a sub-query) and its columns by folded name."""

    alias: str
    table: str
    columns: dict[str, str]


Scopes = tuple[tuple[Source, ...], ...]
"""From the outermost to the innermost select."""


def resolve_bare(tree: exp.Expr, catalog: Catalog, table: str) -> None:
    """Resolve, in place, an expression over the columns of one table, and leave its columns bare."""
    source = Source(table, table, catalog.columns(table))
    for column in list(tree.find_all(exp.Column)):
        _mark(column, source, _column_of(column.name, source, catalog), qualifier="")


def resolve(tree: exp.Expr, catalog: Catalog, root: str) -> None:
    """Resolve, in place, an expect over `root` (its row is ROOT) or, with no root, a whole query. Raises Refused."""
    top = (Source(ROOT, root, catalog.columns(root)),) if root else ()
    _Resolver(catalog, root).walk(tree, (top,) if root else (), {})


def columns_in(tree: exp.Expr) -> frozenset[tuple[str, str]]:
    """The (table, column) of every real column in a resolved tree."""
    return frozenset(column.meta["at"] for column in tree.find_all(exp.Column) if "at" in column.meta)


Named = dict[str, Source]
"""What WITH names, by folded name."""


@dataclass(frozen=True)
class _Resolver:
    catalog: Catalog
    root: str

    def walk(self, node: exp.Expr, scopes: Scopes, named: Named) -> None:
        if isinstance(node, exp.Select):
            self._select(node, scopes, named)
        elif isinstance(node, exp.Column):
            self._column(node, scopes)
        else:
            named = self._with(node, scopes, named)
            inside = (node.this, node.expression) if isinstance(node, exp.SetOperation) else node.iter_expressions()
            for child in list(inside):
                if not isinstance(child, exp.With):
                    self.walk(child, scopes, named)

    def _with(self, node: exp.Expr, scopes: Scopes, named: Named) -> Named:
        clause = node.args.get("with_")
        for cte in clause.expressions if clause else ():
            self.walk(cte.this, scopes, named)
            named = {**named, cte.alias.lower(): Source(cte.alias, "", _outputs(cte.this, cte))}
        return named

    def _select(self, select: exp.Select, scopes: Scopes, named: Named) -> None:
        named = self._with(select, scopes, named)
        sources = tuple(self._source(item, scopes, named) for item in _from_items(select))
        aliases = [source.alias.lower() for source in sources]
        if twice := next((alias for alias in aliases if aliases.count(alias) > 1), None):
            raise Refused(f"two tables are called {twice}", "give each its own alias")
        if self.root and ROOT.lower() in aliases:
            raise Refused("ROOT names the root row, not a table of a sub-select", "give the table another alias")
        inner = (*scopes, sources)
        outputs = {item.alias.lower() for item in select.expressions if isinstance(item, exp.Alias)}
        for key, child in _parts(select):
            if key in ("order", "group", "having"):
                self._clause(child, inner, outputs, named)
            elif isinstance(child, exp.Join):
                if condition := child.args.get("on"):
                    self.walk(condition, inner, named)
            else:
                self.walk(child, inner, named)

    def _clause(self, node: exp.Expr, scopes: Scopes, outputs: set[str], named: Named) -> None:
        """ORDER BY, GROUP BY and HAVING may also name what the select calls its outputs."""
        named_output = isinstance(node, exp.Column) and not node.table and node.name.lower() in outputs
        if named_output and not any(node.name.lower() in source.columns for source in scopes[-1]):
            return
        if isinstance(node, (exp.Column, exp.Select)):
            self.walk(node, scopes, named)
            return
        for child in list(node.iter_expressions()):
            self._clause(child, scopes, outputs, named)

    def _source(self, item: exp.Expr, scopes: Scopes, named: Named) -> Source:
        if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Query):
            if not item.alias:
                raise Refused("a sub-query in FROM needs an alias", "write FROM (SELECT ...) AS name")
            self.walk(item.this, scopes, named)
            columns = _outputs(item.this, item)
            item.meta["outputs"] = tuple(columns.values())
            return Source(item.alias, "", columns)
        if not isinstance(item, exp.Table):
            raise Refused(f"{item.sql('postgres')} may not stand in FROM", "use tables and sub-queries")
        name = f"{item.db}.{item.name}" if item.db else item.name
        alias = item.alias or item.name
        if not item.db and (cte := named.get(name.lower())):
            item.meta["outputs"] = tuple(cte.columns.values())
            return Source(alias, "", cte.columns)
        table = self.catalog.table(name)
        item.replace(marked := exp.Table(this=exp.to_identifier(table.name, quoted=True), alias=_alias(alias)))
        marked.meta["table"] = table.name
        marked.meta["outputs"] = tuple(table.by_name)
        return Source(alias, table.name, self.catalog.columns(table.name))

    def _column(self, column: exp.Column, scopes: Scopes) -> None:
        if isinstance(column.this, exp.Star):
            return
        if column.table:
            source = self._qualified(column, scopes)
            _mark(column, source, _column_of(column.name, source, self.catalog), source.alias)
            return
        for sources in reversed(scopes):
            holders = [source for source in sources if column.name.lower() in source.columns]
            if len(holders) > 1:
                both = " and ".join(f"{source.alias}.{column.name}" for source in holders)
                raise Refused(f"{column.name} may be {both}", "write the table's alias before the column")
            if holders:
                _mark(column, holders[0], holders[0].columns[column.name.lower()], holders[0].alias)
                return
        known = {name for sources in scopes for source in sources for name in source.columns}
        where = ", ".join(source.table or source.alias for source in (scopes[-1] if scopes else ()))
        raise Refused(f"no column {column.name} in {where}{near(column.name, known)}", _REAL_COLUMNS)

    def _qualified(self, column: exp.Column, scopes: Scopes) -> Source:
        wanted = column.table.lower()
        for sources in reversed(scopes):
            for source in sources:
                if source.alias.lower() == wanted:
                    return source
        if self.root and wanted == self.root.rsplit(".", 1)[-1].lower():
            return scopes[0][0]
        known = {source.alias.lower() for sources in scopes for source in sources}
        raise Refused(
            f"{column.sql('postgres')}: {column.table} is neither ROOT nor a table of this select{near(wanted, known)}",
            "read other tables in a sub-select: EXISTS (SELECT 1 FROM table WHERE ...)",
        )


def _from_items(select: exp.Select) -> Iterator[exp.Expr]:
    if start := select.args.get("from_"):
        yield start.this
    for join in select.args.get("joins") or ():
        yield join.this


def _parts(select: exp.Select) -> Iterator[tuple[str, exp.Expr]]:
    for key, value in select.args.items():
        for child in value if isinstance(value, Sequence) and not isinstance(value, str) else (value,):
            if isinstance(child, exp.Expr) and key not in ("from_", "with_"):
                yield key, child


def _outputs(query: exp.Expr, named: exp.Expr) -> dict[str, str]:
    """The columns that a sub-query gives, by folded name; all those of its sources where it says `*`."""
    listed = [identifier.name for identifier in (named.args.get("alias") or exp.TableAlias()).args.get("columns") or ()]
    first = query
    while isinstance(first, (exp.SetOperation, exp.Subquery)):
        first = first.this
    names = listed or [item.alias_or_name for item in first.expressions]
    if "*" in names and isinstance(first, exp.Select):
        names += [name for item in _from_items(first) for name in item.meta.get("outputs", ())]
    return {name.lower(): name for name in names if name != "*"}


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _column_of(name: str, source: Source, catalog: Catalog) -> str:
    if real := source.columns.get(name.lower()):
        return real
    raise Refused(
        f"no column {name} in {source.table or source.alias}{near(name, source.columns)}",
        _REAL_COLUMNS,
    )


def _mark(column: exp.Column, source: Source, name: str, qualifier: str) -> None:
    for part in ("catalog", "db", "table"):
        column.set(part, None)
    column.set("this", exp.to_identifier(name, quoted=True))
    if qualifier:
        column.set("table", exp.to_identifier(qualifier, quoted=True))
    if source.table:
        column.meta["at"] = (source.table, name)
