"""The SQL types that Prisma's engine writes for the types of fields."""

from collections.abc import Mapping

from llmgen.schema.prisma.database import Database
from llmgen.schema.prisma.tree import Attribute, Number

SCALARS = ("String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes")
"""The types that Prisma has itself."""

_PLAIN: Mapping[str, Mapping[str, str]] = {
    "postgres": {
        "String": "TEXT", "Boolean": "BOOLEAN", "Int": "INTEGER", "BigInt": "BIGINT", "Float": "DOUBLE PRECISION",
        "Decimal": "DECIMAL(65,30)", "DateTime": "TIMESTAMP(3)", "Json": "JSONB", "Bytes": "BYTEA",
    },
    "mysql": {
        "String": "VARCHAR(191)", "Boolean": "BOOLEAN", "Int": "INTEGER", "BigInt": "BIGINT", "Float": "DOUBLE",
        "Decimal": "DECIMAL(65,30)", "DateTime": "DATETIME(3)", "Json": "JSON", "Bytes": "LONGBLOB",
    },
    "sqlite": {
        "String": "TEXT", "Boolean": "BOOLEAN", "Int": "INTEGER", "BigInt": "BIGINT", "Float": "REAL",
        "Decimal": "DECIMAL", "DateTime": "DATETIME", "Json": "JSONB", "Bytes": "BLOB",
    },
}  # fmt: skip
_NATIVE: Mapping[str, Mapping[str, str]] = {
    "postgres": {
        "String": "Text Char VarChar Bit VarBit Uuid Xml Inet Citext",
        "Boolean": "Boolean",
        "Int": "SmallInt Integer Oid",
        "BigInt": "BigInt",
        "Float": "Real DoublePrecision",
        "Decimal": "Decimal Money",
        "DateTime": "Timestamp Timestamptz Date Time Timetz",
        "Json": "Json JsonB",
        "Bytes": "ByteA",
    },
    "cockroach": {
        "String": "String Char CatalogSingleChar Bit VarBit Uuid Inet",
        "Boolean": "Bool",
        "Int": "Int2 Int4 Oid",
        "BigInt": "Int8",
        "Float": "Float4 Float8",
        "Decimal": "Decimal",
        "DateTime": "Timestamp Timestamptz Date Time Timetz",
        "Json": "JsonB",
        "Bytes": "Bytes",
    },
    "mysql": {
        "String": "Char VarChar TinyText Text MediumText LongText",
        "Boolean": "Bit TinyInt UnsignedTinyInt",
        "Int": "Int UnsignedInt SmallInt UnsignedSmallInt TinyInt UnsignedTinyInt MediumInt UnsignedMediumInt Year",
        "BigInt": "BigInt UnsignedBigInt",
        "Float": "Float Double",
        "Decimal": "Decimal",
        "DateTime": "Date Time DateTime Timestamp",
        "Json": "Json",
        "Bytes": "Bit Binary VarBinary TinyBlob Blob MediumBlob LongBlob",
    },
    "sqlite": {},
}
"""The native types of each provider, by the scalar that a field of them may have."""
_SPELLED: Mapping[str, str] = {
    "DoublePrecision": "DOUBLE PRECISION", "CatalogSingleChar": '"char"', "Bool": "BOOLEAN", "Bytes": "BYTEA",
    "Int2": "SMALLINT", "Int4": "INTEGER", "Int8": "BIGINT", "Float4": "REAL", "Float8": "DOUBLE PRECISION",
    "UnsignedTinyInt": "TINYINT UNSIGNED", "UnsignedSmallInt": "SMALLINT UNSIGNED",
    "UnsignedMediumInt": "MEDIUMINT UNSIGNED", "UnsignedInt": "INTEGER UNSIGNED", "UnsignedBigInt": "BIGINT UNSIGNED",
}  # fmt: skip
"""The native types whose SQL is not their name in capitals; CockroachDB's as PostgreSQL spells them."""
_SIZED = frozenset({
    "Char", "VarChar", "String", "Bit", "VarBit", "Binary", "VarBinary", "Timestamp", "Timestamptz", "Time", "Timetz",
    "DateTime",
})  # fmt: skip
"""Those that take a length or a precision."""
_MUST_BE_SIZED = frozenset({"Char", "VarChar", "Bit", "Binary", "VarBinary"})
"""Those that MySQL wants one of."""


def sql_type(scalar: str, native: Attribute | None, database: Database) -> str:
    """The SQL type of a column for a scalar, with its native type if the field names one.

    InputError for a native type that the database has not, that does not fit the scalar, or has wrong arguments.
    """
    if native is None:
        return _PLAIN["postgres" if database.provider == "cockroach" else database.provider][scalar]
    name = native.name.rpartition(".")[2]
    fitting = _NATIVE[database.provider].get(scalar, "").split()
    if name not in fitting:
        mend = f"it may be {', '.join(fitting)}" if fitting else f"{database.provider} has no native types"
        raise native.place.fault(f"@{native.name} is no native type for {scalar}", mend)
    sizes = _sizes(native, name, database)
    if name == "TinyInt" and scalar == "Boolean":
        return "BOOLEAN"
    spelled = "VARCHAR" if name == "String" and sizes else "TEXT" if name == "String" else _SPELLED.get(name)
    return (spelled or name.upper()) + (f"({','.join(sizes)})" if sizes else "")


def _sizes(native: Attribute, name: str, database: Database) -> list[str]:
    """The arguments of a native type: a length, a precision, or the digits of a decimal."""
    most = 2 if name == "Decimal" else int(name in _SIZED)
    sizes = [item.value.text for item in native.arguments if isinstance(item.value, Number) and not item.name]
    whole = len(sizes) == len(native.arguments) and all(size.isdecimal() and len(size) < 10 for size in sizes)
    missing = not sizes and database.provider == "mysql" and name in _MUST_BE_SIZED
    if not whole or len(sizes) not in (0, most) or missing:
        takes = {0: "no argument", 1: "one whole number", 2: "two whole numbers, or none"}[most]
        raise native.place.fault(f"@{native.name} has wrong arguments", f"{name} takes {takes}")
    return sizes
