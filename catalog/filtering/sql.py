"""The functions that filters need in SQL, by what goes into them.

What they are called on SQLite and on PostgreSQL is said in the modules of these names.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Float, Text
from sqlalchemy.sql.functions import FunctionElement

from catalog.filtering.expression import Operator


class DocumentText(FunctionElement[str]):
    """`(document, path for SQLite, name of the property)`; NULL where there is none."""

    inherit_cache = True
    type = Text()


class DocumentNumber(FunctionElement[float]):
    """As DocumentText."""

    inherit_cache = True
    type = Float()


class DocumentTruth(FunctionElement[bool]):
    """As DocumentText."""

    inherit_cache = True
    type = Boolean()


class Bytewise(FunctionElement[str]):
    """A text that sorts by its code points, whatever the database thinks of its language."""

    inherit_cache = True
    type = Text()


class FitsPattern(FunctionElement[bool]):
    """`(text, pattern of LIKE, pattern of GLOB)`."""

    inherit_cache = True
    type = Boolean()


class Fold(FunctionElement[str]):
    """`(text, case, accents)`, the last two 0 or 1."""

    inherit_cache = False
    type = Text()

    def __init__(self, text: Any, case: bool, accents: bool) -> None:
        self.case, self.accents = case, accents
        super().__init__(text, int(case), int(accents))


class Calculate(FunctionElement[float]):
    """`(operator, left, right)`."""

    inherit_cache = False
    type = Float()

    def __init__(self, operator: Operator, left: Any, right: Any) -> None:
        self.operator = operator
        super().__init__(str(operator), left, right)


class Shift(FunctionElement[str]):
    """`(moment, days)`."""

    inherit_cache = True
    type = Text()


class ElapsedDays(FunctionElement[float]):
    """`(until, since)`."""

    inherit_cache = True
    type = Float()


class Relate(FunctionElement[bool]):
    """`(relation, left, right)`; a place is a document or WKB."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, relation: str, left: Any, right: Any) -> None:
        self.relation = relation
        super().__init__(relation, left, right)


def parts_of(element: Any, compiler: Any, options: dict[str, Any]) -> list[str]:
    """What goes in, each in brackets, as the dialect of `compiler` writes it."""
    return [f"({compiler.process(part, **options)})" for part in element.clauses]
