"""What a loan must satisfy beyond the schema."""

from datetime import datetime
from typing import Self

from pydantic import ValidationInfo, model_validator

from llmgen.validate.rules import Case, Row


class Loan(Row, table="loans"):
    status: str
    due_at: datetime
    fine_cents: int

    @model_validator(mode="after")
    def overdue_is_past(self, info: ValidationInfo) -> Self:
        """An overdue loan's due_at is before now."""
        if self.status == "overdue" and self.due_at >= info.context["now"]:
            raise ValueError(f"it is overdue, so due_at {self.due_at:%Y-%m-%dT%H:%M:%SZ} must be before now")
        return self


class Fine(Row, table="fines"):
    cents: int


class LoanCase(Case):
    loans: list[Loan] = []
    fines: list[Fine] = []

    @model_validator(mode="after")
    def fines_add_up(self) -> Self:
        """fine_cents of a loan is the sum of cents over its fines."""
        total = sum(fine.cents for fine in self.fines)
        if self.loans and self.loans[0].fine_cents != total:
            raise ValueError(f"fine_cents is {self.loans[0].fine_cents}, but the fines add up to {total}")
        return self
