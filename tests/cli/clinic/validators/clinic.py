"""What a visit must satisfy beyond the schema."""

from typing import Self

from pydantic import model_validator

from llmgen.validate.rules import Case, Row


class Visit(Row, table="visits"):
    total_cents: int


class Item(Row, table="visit_items"):
    quantity: int
    price_cents: int


class VisitCase(Case):
    visits: list[Visit] = []
    visit_items: list[Item] = []

    @model_validator(mode="after")
    def total_adds_up(self) -> Self:
        """total_cents of a visit is the sum of quantity times price_cents over its items."""
        total = sum(item.quantity * item.price_cents for item in self.visit_items)
        if self.visits and self.visits[0].total_cents != total:
            raise ValueError(f"total_cents is {self.visits[0].total_cents}, but the items add up to {total}")
        return self
