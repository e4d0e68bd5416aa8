"""A shop: the classes that the tests of Pydantic sources read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID, uuid4

from pydantic import (
    AwareDatetime,
    BaseModel,
    EmailStr,
    Field,
    HttpUrl,
    PositiveInt,
    StringConstraints,
    computed_field,
    field_validator,
    model_validator,
)

from llmgen import ForeignKey, PrimaryKey, Unique

T = TypeVar("T")


class Tier(StrEnum):
    FREE = "free"
    PRO = "pro"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Stamped(BaseModel):
    created_at: AwareDatetime
    updated_at: datetime | None = None


class Address(BaseModel):
    street: str
    city: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]


class Card(BaseModel):
    kind: Literal["card"]


class Cash(BaseModel):
    kind: Literal["cash"]


class Customer(Stamped):
    """Somebody who buys."""

    __unique__ = [("name", "home")]

    id: UUID = Field(default_factory=uuid4)
    name: str = Field(min_length=2, max_length=100, description="Full name")
    email: Annotated[EmailStr, Unique()]
    website: HttpUrl | None = None
    tier: Tier = Tier.FREE
    level: Level = Level.LOW
    state: Literal["new", "old"] | None = "new"
    age: Annotated[int, Field(ge=18, lt=150)]
    balance: Decimal = Field(Decimal("0.00"), max_digits=10, decimal_places=2, ge=0)
    born: date = Field(ge=date(1900, 1, 1))
    tags: list[Annotated[str, Field(min_length=2, max_length=10)]] = Field(default_factory=list, max_length=5)
    meta: dict[str, Any] = {}
    payment: Annotated[Card | Cash, Field(discriminator="kind")]
    home: Address
    work: Address | None = None
    orders: list[Order] = []
    constant: ClassVar[int] = 3
    hidden: int = Field(3, exclude=True)
    _private: int = 3

    @computed_field
    @property
    def loud(self) -> str:
        return self.name.upper()

    @field_validator("name")
    @classmethod
    def no_digits(cls, value: str) -> str:
        return value

    @model_validator(mode="after")
    def sane(self) -> Customer:
        return self


class Order(Stamped):
    number: Annotated[int, PrimaryKey()]
    buyer: Annotated[UUID, ForeignKey("Customer.id", on_delete="cascade")]
    lines: list[Line] = Field(min_length=1)
    replaces: Order | None = None


class Line(BaseModel):
    sku: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d+$")]
    quantity: PositiveInt = 1


class Page(BaseModel, Generic[T]):
    items: list[T]
