"""Classes inside classes and lists of classes become references."""

from pathlib import Path

import pytest
from class_sources import keys, read


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("lines: list['Line']", "sku: str", {"line": [("parent_id!", "parent", "id")]}),
        ("lines: Optional[tuple['Line', ...]] = None", "sku: str", {"line": [("parent_id!", "parent", "id")]}),
        ("a: list['Line']\n    b: list['Line']", "sku: str",
         {"line": [("parent_a_id", "parent", "id"), ("parent_b_id", "parent", "id")]}),
        ("lines: list['Line']\n    best: Optional['Line'] = None", "id: int",
         {"parent": [("best_id", "line", "id")], "line": [("parent_id", "parent", "id")]}),
        ("lines: list['Line']", "parent_id: int", {"line": [("parent_id!", "parent", "id")]}),
        ("lines: list['Line']", "owner: Annotated[int, ForeignKey('Parent.id')]",
         {"line": [("owner!", "parent", "id")]}),
        ("lines: list['Line']", "owner: 'Parent'", {"line": [("owner_id!", "parent", "id")]}),
        ("line: 'Line'", "id: UUID", {"parent": [("line_id!", "line", "id")]}),
        ("line_id: UUID\n    line: Optional['Line'] = None", "id: UUID", {"parent": [("line_id!", "line", "id")]}),
        ("line: Annotated['Line', Field(description='x')]", "code: Annotated[str, PrimaryKey()]",
         {"parent": [("line_id!", "line", "code")]}),
        ("line: 'Line'", "a: Annotated[int, PrimaryKey()]\n    b: Annotated[int, PrimaryKey()]",
         {"parent": [("line_a! line_b!", "line", "a b")]}),
        ("children: list['Parent'] = []", "id: int", {"parent": [("parent_id", "parent", "id")]}),
        ("x: 'Line'\n    x_id: int = None", "id: int", {"parent": [("x_id", "line", "id")]}),
        ("up: Optional['Parent'] = None\n    children: list['Parent'] = []", "id: int",
         {"parent": [("up_id", "parent", "id")]}),
        ("lines: list['Line']", "id: int\n    parents: list['Parent']",
         {"line_parent": [("line_id!", "line", "id"), ("parent_id!", "parent", "id")]}),
    ],
)  # fmt: skip
def test_classes_in_classes(
    tmp_path: Path, parent: str, child: str, expected: dict[str, list[tuple[str, str, str]]]
) -> None:
    schema = read(
        tmp_path, f"class Parent(BaseModel):\n    id: int\n    {parent}\nclass Line(BaseModel):\n    {child}\n"
    )
    assert {table.name: keys(table) for table in schema.tables if table.foreign_keys} == expected
    assert not any(item.constrains for item in schema.ignored)


def test_a_class_without_a_key_gets_one_where_something_points_at_it(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Invoice(BaseModel):
            total: int
            lines: list["Line"]
            address: "Address"
        class Line(BaseModel):
            amount: int
        class Address(BaseModel):
            street: str
        """,
    )
    shapes = {table.name: ([column.name for column in table.columns], table.primary_key) for table in schema.tables}
    assert shapes == {
        "invoice": (["id", "total", "address_id"], ("id",)),
        "line": (["amount", "invoice_id"], ()),
        "address": (["id", "street"], ("id",)),
    }
    assert schema.table("invoice").column("id").generated == "identity"
    said = {item.text: item.why.partition(":")[0] for item in schema.ignored}
    added = "no field is the key"
    assert said == {"Invoice": added, "Line": "no primary key", "Address": added}


def test_lists_that_lead_back_leave_the_reference_open(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class A(BaseModel):
            id: int
            bs: list["B"]
        class B(BaseModel):
            id: int
            cs: list["C"]
        class C(BaseModel):
            id: int
            more: list[A]
        """,
    )
    assert [keys(table) for table in schema.tables] == [
        [("c_id", "c", "id")], [("a_id", "a", "id")], [("b_id", "b", "id")],
    ]  # fmt: skip


def test_a_declared_class_between_two_is_the_link(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Student(BaseModel):
            id: int
            courses: list["Course"] = []
        class Course(BaseModel):
            id: int
            students: list[Student] = []
        class Enrolment(BaseModel):
            student_id: Annotated[int, PrimaryKey(), ForeignKey("Student.id")]
            course_id: Annotated[int, PrimaryKey(), ForeignKey("Course.id")]
        """,
    )
    assert list(schema.by_name) == ["student", "course", "enrolment"]


def test_what_a_nested_class_cannot_say(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Unkeyed(BaseModel):
            code: Annotated[str, Unique()]
        class Order(BaseModel):
            id: int
            plain: Annotated[str, ForeignKey("Unkeyed.code")]
            nested: Annotated["Order | None", PrimaryKey()] = Field(None, description="the one before")
            one: Annotated[int, ForeignKey("Buyer")]
            two: Annotated[int, ForeignKey("Buyer")]
        class Buyer(BaseModel):
            id: int
            orders: list[Order]
        """,
    )
    assert schema.table("unkeyed").primary_key == ()
    assert schema.table("order").column("nested_id").comment == "the one before"
    assert {(item.text, item.constrains) for item in schema.ignored} == {
        ("Unkeyed", False), ("Order.nested: primary_key", True), ("Buyer.orders", False),
    }  # fmt: skip
    assert [column for column, _, _ in keys(schema.table("order"))] == ["plain!", "one!", "two!", "nested_id"]
