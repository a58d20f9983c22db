"""Checks of values and tables, and the one voice in which errors are told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from numbers import Integral
from typing import TYPE_CHECKING, TypeVar

from wsis_nlp.showing import visible

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")


class InputError(ValueError):
    """What was given cannot be used; its message is one line that says what was given, where, and what is allowed.

    What files say of themselves may stand in it; signs that act without being seen are shown as their codes.
    """

    def __init__(self, message: str) -> None:
        super().__init__(visible(re.sub(r"[\t\n]+", " ", message)))


def listing(names: Iterable[object]) -> str:
    """Names in the order given, as a reader lists them: ``a, b, c``."""
    return ", ".join(str(name) for name in names)


def check_one_of(value: Value, allowed: Collection[Value], *, name: str) -> Value:
    """Return a value, or refuse it where it is not among those allowed."""
    if value not in allowed:
        raise InputError(f"{name} is {value!r}; allowed are: {listing(allowed)}")
    return value


def check_known(values: Iterable[str], known: Collection[str], *, name: str) -> tuple[str, ...]:
    """Return names without repetition, or refuse the first that is not known; one name need not be in a list."""
    values = [values] if isinstance(values, str) else [str(value) for value in values]
    unique = tuple(dict.fromkeys(values))
    for value in unique:
        if value not in known:
            raise InputError(f"{name} {value!r} is unknown; known are: {listing(known)}")
    return unique


def check_id(value: str, *, name: str) -> str:
    """Return an id, or refuse it where a file name or a citation could not hold it as it is."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value):
        raise InputError(f"{name} is {value!r}; allowed are lower case letters and digits, parted by single hyphens")
    return value


def is_date(text: str) -> bool:
    """Whether a text is a day, month or year that exists, by ISO 8601."""
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return re.fullmatch(r"[0-9]{4}(?:-[0-9]{2}){0,2}", text) is not None


def check_whole(value: int, *, name: str, least: int = 0, most: int | None = None) -> int:
    """Return a number, or refuse it where it is not a whole one in a range, open above unless told."""
    allowed = f"of at least {least}" if most is None else f"from {least} to {most}"
    if (
        isinstance(value, bool)
        or not isinstance(value, Integral)
        or not least <= value <= (value if most is None else most)
    ):
        raise InputError(f"{name} is {value!r}; allowed is a whole number {allowed}")
    return value


def check_columns(table: pd.DataFrame, needed: Iterable[str], *, name: str) -> pd.DataFrame:
    """Return a table, or refuse it where it lacks a column."""
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise InputError(f"{name} lacks the column {listing(missing)}; it has: {listing(table.columns)}")
    return table
