"""The forms of an answer: how each is read, what is said of something else, and when two are the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

NEAR = 0.005  # of a number: one given to three figures is right


class Fault(TypeError):
    """An answer is not of the form asked for; the message says what it is."""


@dataclass(frozen=True)
class Form:
    """How an answer of a form is read (or refused with a `Fault`), and when two of them are the same."""

    read: Callable[[Any], Any]
    same: Callable[[Any, Any], bool]


KINDS: list[tuple[type | tuple[type, ...], str]] = [
    (str, "a text (it stands in quotation marks)"),
    ((bool, np.bool_), "True or False"),
    (Integral, "a whole number"),
    (Real, "a number with a fraction"),
    (pd.DataFrame, "a table"),
    (pd.Series, "a column of a table"),
    (Mapping, "a dictionary"),
    ((list, tuple, set, frozenset, np.ndarray, pd.Index), "a list"),
    (type(None), "nothing (None): does the last step give something back?"),
]


def kind(answer: Any) -> str:
    """What an answer is, in words."""
    return next((name for types, name in KINDS if isinstance(answer, types)), f"something of type {type(answer)}")


def fault(answer: Any) -> Fault:
    """What an answer is, for somebody who gave something of another kind."""
    if callable(answer):
        return Fault("This is a function that was not called: are its brackets () missing?")
    return Fault(f"This is {kind(answer)}")


def is_number(answer: Any) -> bool:
    """Whether something is a number; True and False are none."""
    return isinstance(answer, Real) and not isinstance(answer, bool | np.bool_)


def whole_number(answer: Any) -> int:
    """Read a whole number; 3.0 is one."""
    if not is_number(answer) or not float(answer).is_integer():
        raise fault(answer)
    return int(answer)


def number(answer: Any) -> float:
    """Read a number; one that is undefined (NaN) may be the right one."""
    if not is_number(answer):
        raise fault(answer)
    return float(answer)


def yes_or_no(answer: Any) -> bool:
    """Read True or False."""
    if not isinstance(answer, bool | np.bool_):
        raise fault(answer)
    return bool(answer)


def text(answer: Any) -> str:
    """Read a text; how its words are parted does not matter."""
    if not isinstance(answer, str):
        raise fault(answer)
    return " ".join(answer.split())


def texts(answer: Any) -> list[str]:
    """Read several texts, in their order."""
    if isinstance(answer, str | Mapping | pd.DataFrame) or not hasattr(answer, "__iter__"):
        raise fault(answer)
    for one in answer:
        if not isinstance(one, str):
            raise Fault(f"What stands in this list is {kind(one)}")
    return [text(one) for one in answer]


def two_numbers(answer: Any) -> list[float]:
    """Read a pair of numbers, such as the limits of an interval."""
    if isinstance(answer, str | Mapping | pd.DataFrame | set) or not hasattr(answer, "__iter__"):
        raise fault(answer)
    numbers = [number(one) for one in answer]
    if len(numbers) != 2:
        raise Fault(f"This list has {len(numbers)} numbers")
    return numbers


def numbers_by_name(answer: Any) -> dict[str, float]:
    """Read a column whose rows have names, or a dictionary."""
    if not isinstance(answer, Mapping | pd.Series):
        raise fault(answer)
    return {str(name): number(value) for name, value in answer.items()}


def table(answer: Any) -> pd.DataFrame:
    """Read a table; what names its rows counts as a column."""
    if not isinstance(answer, pd.DataFrame):
        raise fault(answer)
    return answer if answer.index.names == [None] else answer.reset_index()


def close(one: float, other: float) -> bool:
    """Whether two numbers are the same to three figures; undefined is the same as undefined."""
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-9)


def is_rounded(one: float, other: float) -> bool:
    """Whether a number is the other one rounded to one, two or three places."""
    return any(one == round(other, places) for places in (1, 2, 3))


def all_close(one: list[float], other: list[float]) -> bool:
    """Whether numbers are the same one by one."""
    return len(one) == len(other) and all(map(close, one, other))


def same_by_name(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether the same names have the same numbers, in whatever order."""
    return one.keys() == other.keys() and all(close(one[name], other[name]) for name in one)


def same_rows(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables of the same columns have the same rows, in whatever order."""
    if len(one) != len(other):
        return False
    numeric = [all(is_number(value) for value in (*one[name], *other[name])) for name in one]
    # Rows are put into one order by what is exact, then by numbers.
    by = sorted(range(len(numeric)), key=lambda at: numeric[at])
    rows = [
        sorted(tuple(row[at] if numeric[at] else str(row[at]) for at in by) for row in frame.itertuples(index=False))
        for frame in (one, other)
    ]
    return all(
        (close(a, b) if is_number(a) and is_number(b) else a == b)
        for left, right in zip(*rows, strict=True)
        for a, b in zip(left, right, strict=True)
    )


FORMS = {
    "a whole number": Form(whole_number, lambda one, other: one == other),
    "a number": Form(number, close),
    "True or False": Form(yes_or_no, lambda one, other: one == other),
    "a text": Form(text, lambda one, other: one == other),
    "a list of para_ids": Form(texts, lambda one, other: set(one) == set(other)),
    "a list of words": Form(texts, lambda one, other: set(one) == set(other)),
    "a list in its order": Form(texts, lambda one, other: one == other),
    "a pair of numbers": Form(two_numbers, all_close),
    "a column or dictionary of numbers": Form(numbers_by_name, same_by_name),
    "a table": Form(table, same_rows),
}
