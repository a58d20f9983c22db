"""A checker for the labs: it says whether an answer is right, and of the usual wrong ones what went wrong.

The exercises of a lab lie in ``exercises/lab_N.py``. What is right is computed from the corpus that is open, never
written down, so that a lab works with other documents as well. No message gives the answer away.
"""

from __future__ import annotations

import html
import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forms import FORMS, Fault, is_rounded

from wsis_nlp import InputError

Given = SimpleNamespace
"""What an exercise is computed from: ``study``, ``document``, and whatever else the lab hands to its `Checker`."""


class NotHereError(LookupError):
    """An exercise has no answer in this corpus; the message says what it would need."""


@dataclass(frozen=True)
class Exercise:
    """What is asked for, and what is to be said of an answer.

    Parameters
    ----------
    expected : of what is given, the right answer; it may raise `NotHereError`
    form : what the answer is, a key of `FORMS`
    right : one sentence that says what the right answer shows
    wrong : pairs of a mistake and what to say of it, as a question or a hint. A mistake is, of what is given, the
        answer that it leads to, or a function that tells it from the answer. The first that fits is told.
    compare : of an answer and the right one, whether they are the same, where the form's own rule will not do
    columns : those that a table must have, of which its rows are compared; all of the right answer unless given
    """

    expected: Callable[[Given], Any]
    form: str
    right: str
    wrong: Sequence[tuple[Callable[[Given], Any], str]] = ()
    compare: Callable[[Any, Any], bool] | None = None
    columns: Sequence[str] = ()

    def same(self, answer: Any, other: Any) -> bool:
        """Whether an answer is another, both in this exercise's form."""
        return bool((self.compare or FORMS[self.form].same)(answer, other))


SIGNS = {"right": ("✓", "Right", "#1a7f37"), "wrong": ("✗", "Not yet", "#b35900"),
         "open": ("…", "Still open", "#57606a"), "not here": ("–", "Not in this corpus", "#57606a")}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer: a notebook shows it as a box, anything else as a line of text."""

    exercise: str
    state: str
    message: str

    def __str__(self) -> str:
        sign, word, _ = SIGNS[self.state]
        return f"{sign} {word} ({self.exercise}). {self.message}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        sign, word, color = SIGNS[self.state]
        return (
            f'<div role="status" style="border-left: 4px solid {color}; padding: 0.3em 0.8em; margin: 0.3em 0">'
            f"<strong>{sign} {word} ({html.escape(self.exercise)}).</strong> {html.escape(self.message)}</div>"
        )


class Checker:
    """Checks the answers of one lab: ``check("3.2", answer_3_2)``.

    Parameters
    ----------
    exercises : name of a lab, whose exercises lie beside this file, or the path of a module with ``EXERCISES``
    study, document : what the lab has opened, and the document that it is about
    given : anything else from which the right answers are computed
    """

    def __init__(self, exercises: str | Path, *, study: Any, document: str, **given: Any) -> None:
        self.given = Given(study=study, document=document, **given)
        self.exercises = read_exercises(exercises)

    def __call__(self, exercise: str, answer: Any) -> Verdict:
        """Say what an answer is worth; where nbgrader marks or validates, one that is not right raises an error."""
        if exercise not in self.exercises:
            raise InputError(f"exercise is {exercise!r}; those of this lab are {', '.join(self.exercises)}")
        verdict = Verdict(exercise, *self._judge(exercise, answer))
        graded = os.environ.get("NBGRADER_EXECUTION") in ("autograde", "validate")
        if graded and verdict.state in ("wrong", "open"):
            raise AssertionError(str(verdict))
        return verdict

    def _judge(self, exercise: str, answer: Any) -> tuple[str, str]:
        asked = self.exercises[exercise]
        try:
            expected = asked.expected(self.given)
        except NotHereError as why:
            return "not here", f"{why} Nothing is lost: go on to the next."
        if answer is ...:
            return "open", f"Put {asked.form} in the place of the three dots, and run the cell and this one again."
        try:
            read = FORMS[asked.form].read(answer)
            wanted = FORMS[asked.form].read(expected)
            if asked.form == "a table":
                read, wanted = (_columns(table, asked.columns or wanted.columns) for table in (read, wanted))
        except Fault as fault:
            said = str(fault)
            asks = f" {asked.form.capitalize()}" if said.endswith("?") else f"; {asked.form}"
            return "wrong", f"{said}{asks} is asked for."
        if asked.same(read, wanted):
            return "right", asked.right
        mistake = next(self._mistakes(asked, read, wanted), None)
        if asked.form == "a number" and is_rounded(read, wanted):
            otherwise = f" If it is not: {mistake}" if mistake else ""
            return "wrong", f"Is this rounded? Give three figures or more, or the calculation itself.{otherwise}"
        return "wrong", mistake or "Fold out the hint, and go through your steps again."

    def _mistakes(self, asked: Exercise, answer: Any, wanted: Any):
        for mistake, said in asked.wrong:
            try:
                led_to = mistake(self.given)
                if callable(led_to):
                    fits = led_to(answer)
                else:
                    led_to = FORMS[asked.form].read(led_to)
                    if asked.form == "a table":
                        led_to = _columns(led_to, asked.columns or wanted.columns)
                    fits = asked.same(answer, led_to)
            except (NotHereError, Fault):
                continue  # in this corpus the mistake leads nowhere
            if fits:
                yield said


def _columns(table: Any, names: Sequence[str]) -> Any:
    missing = [str(name) for name in names if name not in table]
    if missing:
        raise Fault(f"This table has no column {', '.join(missing)}")
    return table[list(names)]


def read_exercises(exercises: str | Path) -> Mapping[str, Exercise]:
    """Exercises of a lab by their ids."""
    path = Path(exercises)
    if path.suffix != ".py":
        path = Path(__file__).parent / "exercises" / f"{exercises}.py"
    if not path.is_file():
        raise InputError(f"{path.name}: no such file in {path.parent}; a lab needs the folder exercises beside it")
    spec = importlib.util.spec_from_file_location(f"exercises_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXERCISES
