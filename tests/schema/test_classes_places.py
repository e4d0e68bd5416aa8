"""Places of Pydantic classes: modules, files and names in them; what is run, what is left behind, what goes wrong."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from llmgen.errors import InputError
from llmgen.schema.classes import read_classes
from llmgen.schema.classes.modules import LONGEST

PLAIN = "from pydantic import BaseModel\nclass Thing(BaseModel):\n    id: int\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory; the modules that a test imports are forgotten after it."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), "utf-8")


def fault(place: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_classes(place)
    return caught.value


PACKAGE = {
    "clinic_app/__init__.py": "",
    "clinic_app/people.py": """
        from pydantic import BaseModel, model_validator
        class Patient(BaseModel):
            id: int
            @model_validator(mode="after")
            def well(self): return self
        """,
    "clinic_app/visits.py": """
        from typing import Annotated
        from pydantic import BaseModel, model_validator
        from llmgen import ForeignKey
        from . import people
        class Visit(BaseModel):
            id: int
            patient_id: Annotated[int, ForeignKey("Patient.id")]
            @model_validator(mode="after")
            def sane(self): return self
        ALL = (Visit, people.Patient)
        """,
}


@pytest.mark.parametrize(
    "place",
    [
        "clinic_app.visits:Visit",
        "clinic_app.visits:ALL",
        "clinic_app/visits.py",
        "clinic_app/visits.py:Visit",
        "./clinic_app/../clinic_app/visits.py:ALL",
    ],
)
def test_a_place_is_a_module_or_a_file(here: Path, place: str) -> None:
    write(here, PACKAGE)
    schema = read_classes(place)
    assert list(schema.by_name) == ["visit", "patient"]
    assert [key.table for key in schema.table("visit").foreign_keys] == ["patient"]
    here_file = "" if ".py" in place else "clinic_app/visits.py"
    assert {(item.file, item.line, item.text) for item in schema.ignored} == {
        (here_file, 10, "Visit.sane: validates the row"),
        ("clinic_app/people.py", 6, "Patient.well: validates the row"),
    }


def test_a_package_whose_init_gathers_its_modules(here: Path) -> None:
    write(here, {**PACKAGE, "clinic_app/__init__.py": "from .people import Patient\nfrom .visits import Visit\n"})
    assert set(read_classes("clinic_app/__init__.py").by_name) == {"patient", "visit"}


def test_a_package_below_another_folder_is_imported_from_there(here: Path) -> None:
    absolute = PACKAGE["clinic_app/visits.py"].replace("from . import", "from clinic_app import")
    write(here / "src", {**PACKAGE, "clinic_app/visits.py": absolute})
    assert list(read_classes("src/clinic_app/visits.py").by_name) == ["visit", "patient"]


def test_a_file_finds_what_stands_beside_it_and_in_the_working_directory(here: Path) -> None:
    models = "from base_beside import Base\nfrom base_here import Mixin\nclass Thing(Base, Mixin):\n    name: str\n"
    write(here, {"deep/base_beside.py": PLAIN.replace("Thing", "Base"), "deep/models.py": models})
    write(here, {"base_here.py": PLAIN.replace("Thing", "Mixin")})
    assert list(read_classes("deep/models.py").by_name) == ["thing"]


def test_reading_a_file_leaves_nothing_behind(here: Path) -> None:
    write(here / "src", {**PACKAGE, "faker.py": "import beside_it\n" + PLAIN, "beside_it.py": ""})
    modules, path = set(sys.modules), list(sys.path)
    assert list(read_classes("src/faker.py").by_name) == ["thing"]
    assert list(read_classes("src/clinic_app/visits.py").by_name) == ["visit", "patient"]
    fault("src/nothing.py")
    assert sys.path == path
    assert {name for name in set(sys.modules) - modules if "clinic" in name or name in ("faker", "beside_it")} == set()


def test_what_could_be_imported_anyway_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "path", {"usual_package/__init__.py": "", "usual_package/inner.py": ""})
    write(here, {"deep/models.py": "import colorsys, usual_package.inner\n" + PLAIN, "deep/.py": PLAIN})
    monkeypatch.syspath_prepend(here / "path")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert list(read_classes("deep/models.py").by_name) == ["thing"]
    assert {"colorsys", "usual_package", "usual_package.inner"} <= set(sys.modules)
    assert list(read_classes("deep/.py").by_name) == ["thing"]


def test_code_that_registers_its_classes_runs_once(here: Path) -> None:
    write(here, {"deep/models.py": "import builtins\nbuiltins.runs = getattr(builtins, 'runs', 0) + 1\n" + PLAIN})
    import builtins

    try:
        assert read_classes("deep/models.py") == read_classes("deep/models.py:Thing")
        assert builtins.runs == 1  # type: ignore[attr-defined]
        write(here, {"deep/models.py": PLAIN + "    name: str\n"})
        assert "name" in read_classes("deep/models.py").table("thing").by_name
    finally:
        del builtins.runs  # type: ignore[attr-defined]


def test_a_file_that_is_a_module_already_is_that_module(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"library_models.py": "import sys\nassert 'library_models' in sys.modules\n" + PLAIN})
    monkeypatch.syspath_prepend(here)
    assert list(read_classes("library_models.py").by_name) == ["thing"]
    module = sys.modules["library_models"]
    module.Other = type("Other", (module.Thing,), {"__module__": "library_models"})  # type: ignore[attr-defined]
    assert list(read_classes("library_models.py").by_name) == ["other"]


def test_a_file_of_a_package_that_could_be_imported_is_its_module(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, PACKAGE)
    monkeypatch.syspath_prepend(here)
    assert list(read_classes("clinic_app/visits.py").by_name) == ["visit", "patient"]
    assert {"clinic_app", "clinic_app.visits", "clinic_app.people"} <= set(sys.modules)


def test_what_the_code_prints_is_no_data(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, {"models.py": "print('hello')\n" + PLAIN})
    read_classes("models.py")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "hello\n")


def test_e_mails_are_read_without_the_package_that_checks_them(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pydantic.networks

    needed = pydantic.networks.import_email_validator
    monkeypatch.setitem(sys.modules, "email_validator", None)
    write(here, {"models.py": "from pydantic import EmailStr\n" + PLAIN + "    mail: EmailStr | None = None\n"})
    assert read_classes("models.py").table("thing").column("mail").format == "email"
    assert pydantic.networks.import_email_validator is needed


NAMES = """
from pydantic import BaseModel, RootModel
from dataclasses import dataclass
class Thing(BaseModel):
    id: int
class Several(RootModel[list[Thing]]):
    pass
@dataclass
class Plain:
    id: int
NOTHING = []
MIXED = [Thing, 3]
"""


@pytest.mark.parametrize(
    ("place", "message", "hint"),
    [
        ("no_such_module:Thing", "no_such_module:Thing: there is no module no_such_module", "package.module:Name"),
        ("names.below:Thing", "names.below:Thing: there is no module names.below", "package.module:Name"),
        ("no_such.py", "no_such.py: No such file or directory", "Python code"),
        ("names", "names: names no Pydantic class", "package.module:Name"),
        ("names.py:Thong", "names.py:Thong: no such name in the module", "its Pydantic classes are Thing"),
        ("names:Thong", "names:Thong: no such name in the module", "its Pydantic classes are Thing"),
        ("names.py:Plain", "names.py:Plain: Plain is not a Pydantic class", "derives from pydantic.BaseModel"),
        ("names.py:Several", "names.py:Several: Several is not a Pydantic class", "derives from pydantic.BaseModel"),
        ("names.py:BaseModel", "BaseModel is not a Pydantic class with fields", "derives from pydantic.BaseModel"),
        ("names.py:NOTHING", "names.py:NOTHING: list [] is not a Pydantic class", "derives from pydantic.BaseModel"),
        ("names.py:MIXED", "names.py:MIXED: int 3 is not a Pydantic class", "derives from pydantic.BaseModel"),
        ("plain.py", "plain.py: no Pydantic class in it", "derive from pydantic.BaseModel"),
        ("bases.py", "bases.py: none of its classes is a table: Thing: no table: no fields", "name a class"),
    ],
)
def test_places_that_hold_no_class(here: Path, place: str, message: str, hint: str) -> None:
    write(here, {"names.py": NAMES, "plain.py": "x = 3\n"})
    write(here, {"bases.py": "from pydantic import BaseModel\nclass Thing(BaseModel):\n    pass\n"})
    error = fault(place)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("code", "said", "hint"),
    [
        ("1 / 0", "models.py:2: ZeroDivisionError: division by zero", "--debug"),
        ("raise SystemExit(3)", "models.py:2: SystemExit: 3", "--debug"),
        ("class E(Exception): pass\nraise E()", "models.py:3: E", "--debug"),
        ("class X(:", "models.py:2: SyntaxError: invalid syntax", "--debug"),
        ("class X(BaseModel):\n    a: int\n  b", "models.py:4: IndentationError: unindent does not match", "--debug"),
        ("import no_such_package", "models.py:2: ModuleNotFoundError: No module named", "install no_such_package"),
        ("from . import other", "models.py:2: ImportError: attempted relative import", "__init__.py"),
        ("class X(BaseModel):\n    a: undefined", "models.py:3: NameError: name 'undefined'", "--debug"),
        ("class X(BaseModel):\n    a: object.__class__()", "models.py:3: TypeError: type", "--debug"),
        (
            "class C: pass\nclass X(BaseModel):\n    a: C",
            "models.py:3: PydanticSchemaGenerationError: Unable",
            "--debug",
        ),
        ("import helping", "helping.py:1: ValueError: no help", "--debug"),
    ],
)
@pytest.mark.parametrize("place", ["models.py", "models:X"])
def test_a_fault_of_the_code_is_quoted_with_its_line(here: Path, place: str, code: str, said: str, hint: str) -> None:
    write(
        here, {"models.py": f"from pydantic import BaseModel\n{code}\n", "helping.py": "raise ValueError('no help')\n"}
    )
    error = fault(place)
    assert error.message.startswith(said)
    assert "\n" not in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01binary", "models.py: a binary file, not Python code"),
        (b"x = 1\ny = '\xff'\n", "models.py:2: not UTF-8"),
        (b"", "models.py: no Pydantic class in it"),
        (b"x = 1\n" * (LONGEST // 6 + 1), "models.py: too long for a file of classes"),
        (b"x = " + b"(" * 100_000, "models.py"),
        (b"x = " + b"-" * 100_000 + b"1", "models.py"),
    ],
)
def test_files_that_are_no_code(here: Path, content: bytes, message: str) -> None:
    (here / "models.py").write_bytes(content)
    assert fault("models.py").message.startswith(message)
