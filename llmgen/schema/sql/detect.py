"""The dialect that SQL text looks like, by the words that only one of them knows."""

import re
from collections.abc import Mapping

from llmgen.schema.model import Dialect

_SEEN = 400_000
"""Characters that are looked at: enough of the longest schema, and little of a dump with data."""

_TITLE = re.compile(r"^-- ?(PostgreSQL database|MySQL|MariaDB) dump", re.MULTILINE)
_TITLED: Mapping[str, Dialect] = {"PostgreSQL database": "postgres", "MySQL": "mysql", "MariaDB": "mysql"}
_COMMENT = re.compile(r"--[^\n]*|/\*[^!M].*?\*/", re.DOTALL)

_DECISIVE: Mapping[Dialect, re.Pattern[str]] = {
    "postgres": re.compile(
        r"\bCREATE\s+(?:DOMAIN|EXTENSION)\b|\bplpgsql\b|\bALTER\s+TABLE\s+ONLY\b|\bpg_catalog\.", re.IGNORECASE
    ),
    "mysql": re.compile(
        r"""\bENGINE\s*=\s*\w | \bAUTO_INCREMENT\b | \bFOREIGN_KEY_CHECKS\b | ^DELIMITER[ ]+[^\w\s]+\s*$
        | ^\s*USE[ ]+[`\w-]+[ ]*;""",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
    "sqlite": re.compile(
        r"""^\s*PRAGMA\s+\w | \bAUTOINCREMENT\b | \bWITHOUT\s+ROWID\b | \)\s*STRICT\s*[;,]
        | ^\.(?:open|mode|import|read|headers?|separator|echo|bail|quit)\b
        | \bsqlite_(?:sequence|schema|master)\b | \bCREATE\s+VIRTUAL\s+TABLE\b
        | \bON\s+CONFLICT\s+(?:REPLACE|IGNORE|FAIL|ABORT|ROLLBACK)\b
        | \bRAISE\s*\(\s*(?:ABORT|FAIL|IGNORE|ROLLBACK)\b | \bINSERT\s+OR\s+(?:IGNORE|REPLACE)\b | \b__temp__\w
        | \bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?' | `\w+`\s+text\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY\b""",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
}
"""What no other dialect would take; the first that is found decides, in this order."""

_SIGNS: Mapping[Dialect, re.Pattern[str]] = {
    "postgres": re.compile(
        r"""::[a-z"] | \$\$ | \b(?:big|small)?serial\b | \bCREATE\s+(?:TYPE|SEQUENCE)\b | \btimestamptz\b | \bjsonb\b
        | \bbytea\b | \bWITH(?:OUT)?\s+TIME\s+ZONE\b | \bcharacter\s+varying\b | \bnextval\s*\( | \bCOMMENT\s+ON\b
        | \bOWNER\s+TO\b | \bINHERITS\b | \bUSING\s+(?:gin|gist)\b | \bAS\s+IDENTITY\b | \bgen_random_uuid\b""",
        re.IGNORECASE | re.VERBOSE,
    ),
    "mysql": re.compile(
        r"""`\w+` | /\*M?!\d* | \bUNSIGNED\b | \bCHARSET\s*= | \b(?:tiny|medium|long)(?:int|text|blob)\b
        | \b(?:big|small)?int(?:eger)?\s*\(\s*\d+\s*\) | \A\s*\# | ^\s*USE[ ]+[`\w-]+\s*$
        | ^DELIMITER\s+\S+\s*$
        | \bON\s+UPDATE\s+CURRENT_TIMESTAMP\b | \bENUM\s*\(\s*' | \bCHARACTER\s+SET\b | \bCHANGE\s+COLUMN\b
        | ^\s*(?:UNIQUE\s+|FULLTEXT\s+)?KEY\s+\w+\s*\( | \bCOMMENT\s*=?\s*'""",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
    "sqlite": re.compile(
        r"""\A\s*\# | \[[a-z_][\w ]*\] | \bCOLLATE\s+(?:NOCASE|RTRIM)\b | \b(?:DATETIME|BLOB|NVARCHAR)\b(?!\s*\(\s*')
        | \bstrftime\s*\( | \bdate(?:time)?\s*\(\s*'now' | \bunixepoch\s*\( | \bGLOB\s+'""",
        re.IGNORECASE | re.VERBOSE,
    ),
}
"""What speaks for a dialect, though others may take it too: most signs win."""


def detect(text: str) -> Dialect:
    """The dialect; PostgreSQL where nothing tells."""
    head = text[:_SEEN]
    if title := _TITLE.search(head):
        return _TITLED[title[1]]
    bare = _COMMENT.sub(" ", head)
    for dialect, sign in _DECISIVE.items():
        if sign.search(bare):
            return dialect
    counts = {dialect: len(sign.findall(bare)) for dialect, sign in _SIGNS.items()}
    return max(counts, key=lambda dialect: (counts[dialect], dialect == "postgres"))
