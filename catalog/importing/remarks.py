"""What a reader says beside the fronts it yields."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.errors import IceLinesError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something was not imported: in which file (and feature, from 1), why, what can be done."""

    where: str
    fault: str
    remedy: str = ""
    feature: int | None = None

    @classmethod
    def of(cls, error: IceLinesError, where: str, feature: int | None = None) -> Problem:
        return cls(where, error.fault, error.remedy, feature)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something was imported in a way that is worth knowing."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"
