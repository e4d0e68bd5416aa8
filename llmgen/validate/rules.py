"""Loads the rules of validators/ by path: Python files with Row and Case classes, SQL files with queries."""

import hashlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.validate.ruling import CRASHES, Case, CaseModel, PythonRule, Row, RowModel, Rule, RuleSet, SqlRule, code_of

__all__ = ["Case", "PythonRule", "Row", "RuleSet", "SqlRule", "load_rules"]

LOADING = (ImportError, NameError, ValueError, AssertionError, OSError, RuntimeError, SyntaxError, SystemExit)
CANNOT_LOAD = (*CRASHES, *LOADING)
HEADER = re.compile(r"^--\s*rule:(.*)$", re.MULTILINE)


def load_rules(places: Path | Iterable[Path], schema: Schema) -> RuleSet:
    """The rules of a folder (its *.py and *.sql, by name) or of the files given. Python rules are code, and are run.

    Raises InputError naming the file, and the class or method, for whatever cannot be used: no docstring, a table or
    column that the schema lacks, a syntax or import error, a query without a name.
    """
    rows: list[RowModel] = []
    cases: list[CaseModel] = []
    queries: list[SqlRule] = []
    seen = hashlib.sha256()
    for file in sorted(_files(places), key=lambda file: file.name):
        content, text = _read(file)
        seen.update(f"{file.name}\0{len(content)}\0".encode() + content)
        if file.suffix == ".sql":
            queries += _queries(file, text, schema)
            continue
        models = _models(_run(file, text))
        read = {model: _row_model(file, model, schema) for model in models if issubclass(model, Row) and model.table}
        rows += read.values()
        cases += [_case_model(file, model, read) for model in models if issubclass(model, Case)]
    over_rows = tuple(rule for item in rows for rule in item.stated)
    over_cases = tuple(rule for item in cases for rule, _ in item.validators)
    names = [rule.name for rule in (*over_rows, *over_cases)] + [query.name for query in queries]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"two rules are named {min(twice)}", "rename one of them")
    return RuleSet(over_rows, over_cases, tuple(queries), seen.hexdigest(), tuple(rows), tuple(cases))


def _read(file: Path) -> tuple[bytes, str]:
    try:
        content = file.read_bytes()
        return content, content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}", "give a readable .py or .sql file in UTF-8") from error


def _files(places: Path | Iterable[Path]) -> Iterator[Path]:
    for place in [places] if isinstance(places, Path) else places:
        if place.is_dir():
            yield from (file for file in place.iterdir() if file.suffix in (".py", ".sql") and file.name[0] not in "._")
        elif place.suffix in (".py", ".sql"):
            yield place
        else:
            raise InputError(f"{place}: no such folder of rules", "name a folder, or .py and .sql files")


def _run(file: Path, text: str) -> ModuleType:
    """The file's module, under a private name: `validators` may be anybody's package. Writes no bytecode."""
    name = "_llmgen_rules_" + hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None:
        raise InputError(f"{file}: cannot be loaded as Python", "give a .py file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(compile(text, str(file), "exec", dont_inherit=True), vars(module))
    except CANNOT_LOAD as error:
        raise InputError(
            f"{file}: {type(error).__name__}: {error}", "mend the file; --debug shows the trace"
        ) from error
    return module


def _models(module: ModuleType) -> list[type[Row] | type[Case]]:
    found = [item for item in vars(module).values() if isinstance(item, type) and item.__module__ == module.__name__]
    return [item for item in dict.fromkeys(found) if issubclass(item, Row | Case)]


def _row_model(file: Path, model: type[Row], schema: Schema) -> RowModel:
    if model.table not in schema.by_name:
        raise InputError(f"{file}: {model.__name__}: the schema has no table {model.table}", _known(schema.by_name))
    columns = {info.alias or name: (name, info) for name, info in model.model_fields.items()}
    for column in columns:
        if column not in schema.table(model.table).by_name:
            known = _known(schema.table(model.table).by_name)
            raise InputError(f"{file}: {model.__name__}: {model.table} has no column {column}", known)
    attributes = {name: column for column, (name, _) in columns.items()}
    validators = []
    for name, function in _validators(file, model):
        named = _names(function, [model])
        named |= set(_decorators(model)[name])
        pairs = frozenset((model.table, attributes[name]) for name in named & attributes.keys())
        validators.append((_python_rule(file, model, name, pairs, frozenset([model.table])), function))
    fields = {column: _field_rule(file, model, column, info) for column, (_, info) in columns.items()}
    stated = [fields[column] for column, (_, info) in columns.items() if info.metadata]
    return RowModel(model, tuple(validators), fields, (*stated, *(rule for rule, _ in validators)))


def _case_model(file: Path, model: type[Case], read: Mapping[type[Any], RowModel]) -> CaseModel:
    members: dict[str, RowModel] = {}
    for table, info in model.model_fields.items():
        arguments = get_args(info.annotation)
        if get_origin(info.annotation) is not list or arguments[0] not in read or arguments[0].table != table:
            message = f"{file}: {model.__name__}.{table} is not a list of a Row class of the table {table}"
            raise InputError(
                message, f'write {table}: list[X] = [] with class X(Row, table="{table}") in the same file'
            )
        members[table] = read[arguments[0]]
    validators = []
    for name, function in _validators(file, model):
        named = _names(function, [model, *(item.model for item in members.values())])
        tables = frozenset(named & members.keys()) or frozenset(members)
        pairs = frozenset((table, column) for table in tables for column in named & members[table].fields.keys())
        validators.append((_python_rule(file, model, name, pairs, tables), function))
    return CaseModel(model, members, tuple(validators))


def _python_rule(
    file: Path, model: type[BaseModel], name: str, columns: frozenset[tuple[str, str]], tables: frozenset[str]
) -> PythonRule:
    words = (inspect.getdoc(getattr(model, name)) or "").partition("\n")[0].strip()
    if not words:
        hint = "give it one: its first line is the rule in words, as the prompt states it"
        raise InputError(f"{file}: {model.__name__}.{name} has no docstring", hint)
    table = model.table if issubclass(model, Row) else ""
    return PythonRule(f"rule:{model.__name__}.{name}", words, table, tables, columns)


def _field_rule(file: Path, model: type[Row], column: str, info: FieldInfo) -> PythonRule:
    if info.metadata and not info.description:
        hint = "give its Field a description: the rule in words, as the prompt states it"
        raise InputError(f"{file}: {model.__name__}.{column} has a constraint and no description", hint)
    words = info.description or f"{column} is of the type that {model.__name__} says."
    pair = (model.table, column)
    return PythonRule(
        f"rule:{model.__name__}.{column}", words, model.table, frozenset([model.table]), frozenset([pair])
    )


def _decorators(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """The model's own validators by name, in order, with the fields they are bound to (none: the whole model)."""
    found = model.__pydantic_decorators__
    names: dict[str, tuple[str, ...]] = {name: item.info.fields for name, item in found.field_validators.items()}
    return names | {name: () for name in found.model_validators if name != Row.keep_instance.__name__}


def _validators(file: Path, model: type[BaseModel]) -> Iterator[tuple[str, Rule]]:
    found = model.__pydantic_decorators__
    for name in _decorators(model):
        decorated = found.model_validators.get(name) or found.field_validators[name]
        if decorated.info.mode != "after":
            hint = 'write mode="after": a rule judges values, it does not change them'
            raise InputError(f"{file}: {model.__name__}.{name} is no after-validator", hint)
        yield name, getattr(model, name)


def _queries(file: Path, text: str, schema: Schema) -> Iterator[SqlRule]:
    """Queries headed `-- rule: NAME: words` (words may go on in the comment lines below), each ending with a `;`."""
    before, *parts = HEADER.split(text)
    hint = "head each query with a line `-- rule: NAME: words`, and end it with `;`"
    if any(line.strip() and not line.startswith("--") for line in before.splitlines()):
        raise InputError(f"{file}: text before the first rule", hint)
    for header, body in zip(parts[::2], parts[1::2], strict=True):
        name, _, words = (part.strip() for part in header.partition(":"))
        lines = body.strip().splitlines()
        while lines and lines[0].startswith("--"):
            words += " " + lines.pop(0).lstrip("- ")
        sql = "\n".join(lines).strip()
        if not re.fullmatch(r"\w+", name) or not words or len(sql) < 2 or not sql.endswith(";"):
            raise InputError(f"{file}: the rule {name or '(no name)'} lacks a name, words or a query", hint)
        tables = frozenset(re.findall(r"\w+", sql)) & schema.by_name.keys()
        yield SqlRule(f"sql:{name}", words, sql.rstrip(";").rstrip(), tables)


def _known(names: Iterable[str]) -> str:
    return "it has " + ", ".join(names)


def _names(rule: Rule, models: Sequence[type[BaseModel]]) -> set[str]:
    """All names in a rule's code, and in the code of the functions, methods and properties of its file that it uses."""
    module, scope = rule.__module__, getattr(rule, "__globals__", {})
    names: set[str] = set()
    todo = [code_of(rule)]
    while todo:
        code = todo.pop()
        todo += [item for item in code.co_consts if isinstance(item, CodeType)]
        for name in set(code.co_names) - names:
            used = [scope.get(name), *(inspect.getattr_static(model, name, None) for model in models)]
            for item in used:
                function = getattr(item, "fget", None) or getattr(item, "__func__", None) or item
                if isinstance(function, FunctionType) and function.__module__ == module:
                    todo.append(function.__code__)
        names |= set(code.co_names)
    return names
