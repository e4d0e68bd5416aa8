"""Which classes of a file are tables, what a class reaches, and the lines they stand on."""

from pathlib import Path

from class_sources import read

TABLES = """
class Base(BaseModel):
    id: int
class Named(Base):
    name: str
class Person(Named):
    pass
class Pet(Named):
    owner: Person
class Puppy(Pet):
    __tablename__ = "puppies"
class Empty(BaseModel):
    pass
class Extra(BaseModel):
    note: str
class Hidden(BaseModel):
    note: str
Several = TypeAliasType("Several", dict[str, Hidden])
class Holder(BaseModel):
    id: int
    extras: dict[str, Extra]
    hidden: list[Several]
    endless: dict[str, "Endless"]
class Endless(RootModel[dict[str, "Endless"]]):
    pass
class Boss(Person):
    pass
"""


def test_which_classes_of_a_file_are_tables(tmp_path: Path) -> None:
    schema = read(tmp_path, TABLES)
    assert list(schema.by_name) == ["person", "puppies", "holder", "boss"]
    said = {item.text: item.why for item in schema.ignored if item.why.startswith("no table")}
    assert said == {
        "Base": "no table: only a base of other classes",
        "Named": "no table: only a base of other classes",
        "Pet": "no table: only a base of other classes",
        "Empty": "no table: no fields",
        "Extra": "no table: only stands inside JSON",
        "Hidden": "no table: only stands inside JSON",
    }


def test_a_class_is_its_table_and_all_that_it_reaches(tmp_path: Path) -> None:
    assert list(read(tmp_path, TABLES, ":Puppy").by_name) == ["puppies", "person"]
    assert list(read(tmp_path, TABLES, ":Base").by_name) == ["base"]
    assert list(read(tmp_path, TABLES + "\nSOME = [Holder, Extra]\n", ":SOME").by_name) == ["holder", "extra"]


def test_a_class_that_cannot_be_a_table_disturbs_nobody_where_it_need_not_be_one(tmp_path: Path) -> None:
    source = "class Thing(BaseModel):\n    id: int\nclass Service(BaseModel):\n    call: Callable[[], int]\n"
    assert list(read(tmp_path, source, ":Thing").by_name) == ["thing"]


def test_lines_of_classes_wherever_they_stand(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        if True:
            class Outer(BaseModel):
                class Inner(BaseModel):
                    code: Base64Str
                id: int
                inner: Inner
        def make():
            class Local(BaseModel):
                code: Base64Str
            return Local
        Made = make()
        Dynamic = create_model("Dynamic", code=(Base64Str, ...))
        ALL = [Outer, Made, Dynamic]
        """,
        ":ALL",
    )
    assert [(item.text, item.line) for item in schema.ignored if item.constrains] == [
        ("Dynamic.code: EncodedStr", 0), ("Inner.code: EncodedStr", 10), ("Local.code: EncodedStr", 15),
    ]  # fmt: skip
