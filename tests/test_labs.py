"""The labs: each runs from first cell to last, takes its reference answers, and tells what is wrong with others."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import sys
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from wsis_nlp import InputError, add_documents, init_corpus

ROOT = Path(__file__).parents[1]
LABS = ROOT / "notebooks" / "labs"
sys.path.insert(0, str(LABS))  # as the kernel of a notebook has the notebook's folder

from checker import Checker, Exercise, NotHereError, Verdict  # noqa: E402
from forms import FORMS  # noqa: E402

NAMES = sorted(path.stem[:5] for path in LABS.glob("lab_*.ipynb"))
NBGRADER = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
CHECK = re.compile(r'check\("(\d\.\d+)", (answer_\d_\d+)\)')


def notebook(lab: str) -> Any:
    (path,) = LABS.glob(f"{lab}_*.ipynb")
    return nbformat.read(path, as_version=4)


def run(lab: str, **parameters: Any) -> dict[str, Any]:
    """Names that a lab leaves when its code cells have run in their order; what cells show is made, and dropped."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.chdir(LABS):
        for cell in notebook(lab).cells:
            if cell.cell_type == "code":
                run_cell(cell, names)
                if "parameters" in cell.metadata.get("tags", ()):
                    names |= parameters
    return names


def run_cell(cell: Any, names: dict[str, Any]) -> None:
    tree = ast.parse(cell.source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, cell.id, "exec"), names)
    if last is not None:
        shown = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
        for show in ("_repr_mimebundle_", "_repr_html_", "_repr_markdown_"):
            if hasattr(shown, show):
                getattr(shown, show)()
        if isinstance(shown, Verdict):
            names.setdefault("verdicts", {})[shown.exercise] = shown


@pytest.fixture(scope="module")
def ran() -> dict[str, dict[str, Any]]:
    """Names of the labs that have run, each once."""
    return {}


@pytest.fixture
def names(lab: str, ran: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if lab not in ran:
        ran[lab] = run(lab)
    return dict(ran[lab])


def exercises(lab: str) -> list[str]:
    return [match[1] for cell in notebook(lab).cells if (match := CHECK.fullmatch(cell.source))]


def reference(lab: str) -> dict[str, str]:
    """Code of the reference answers of a lab, by exercise."""
    parts = re.split(r"^## (\d\.\d+)", (LABS / "answers" / f"{lab}.md").read_text("utf-8"), flags=re.MULTILINE)
    return {
        number: "\n".join(re.findall(r"```python\n(.*?)```", part, re.DOTALL))
        for number, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def planted(lab: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "cases" / "labs" / f"{lab}.json"
    return json.loads(path.read_text("utf-8"))["wrong"] if path.is_file() else []


each_lab = pytest.mark.parametrize("lab", NAMES)


# --- what a lab is ----------------------------------------------------------------------------------------


@each_lab
def test_a_lab_opens_with_its_aims_and_closes_with_key_points(lab):
    first, *_, last = notebook(lab).cells
    assert first.source.startswith(f"# Lab {lab[-1]}: ")
    for part in ("**Level.**", "**Minutes.** 45", "**Questions**", "**Objectives**"):
        assert part in first.source
    assert last.source.startswith("## Key points\n")


@each_lab
def test_a_lab_has_exercises_with_hints_answers_and_planted_mistakes(lab):
    found = exercises(lab)
    assert len(found) >= 4
    assert found == [f"{lab[-1]}.{number}" for number in range(1, len(found) + 1)]
    assert list(reference(lab)) == found
    assert {case["exercise"] for case in planted(lab)} == set(found)
    asked = [cell.source for cell in notebook(lab).cells if cell.source.startswith("### Exercise")]
    assert [re.search(r"\d\.\d+", text)[0] for text in asked] == found
    assert all("<details><summary>Hint</summary>\n\n" in text for text in asked)


@each_lab
def test_a_lab_has_no_outputs_and_the_marks_of_nbgrader(lab):
    cells = notebook(lab).cells
    nbformat.validate(notebook(lab))
    marked = [cell for cell in cells if "nbgrader" in cell.metadata]
    marks = [cell.metadata["nbgrader"] for cell in marked]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert len({mark["grade_id"] for mark in marks}) == len(marks) == 2 * len(exercises(lab))
    for cell, mark in zip(marked, marks, strict=True):
        tested = bool(CHECK.fullmatch(cell.source))
        assert mark.keys() == (NBGRADER | {"points"} if tested else NBGRADER)
        assert (mark["grade"], mark["locked"], mark["solution"], mark["task"]) == (tested, tested, not tested, False)
        assert re.fullmatch(r"[\w-]+", mark["grade_id"])
        assert mark["schema_version"] == 3
        assert tested or cell.source.endswith(" = ...")
        assert not tested or mark["points"] > 0


# --- what its checker says --------------------------------------------------------------------------------


@each_lab
def test_an_open_exercise_lets_the_lab_run_on(lab, names):
    assert {one: verdict.state for one, verdict in names["verdicts"].items()} == dict.fromkeys(exercises(lab), "open")


@pytest.mark.parametrize(("lab", "exercise"), [(lab, one) for lab in NAMES for one in exercises(lab)])
def test_the_reference_answer_is_right(lab, exercise, names):
    exec(reference(lab)[exercise], names)
    verdict = names["check"](exercise, names[f"answer_{exercise.replace('.', '_')}"])
    assert verdict.state == "right", verdict


def gives_away(message: str, expected: Any) -> bool:
    """Whether a message has the right answer in it; of several texts, whether it has all."""
    if isinstance(expected, str):
        return expected.casefold() in message.casefold()
    if isinstance(expected, bool | np.bool_ | pd.DataFrame):
        return False  # there are but two answers, or too much of it
    if isinstance(expected, int | float | np.number):
        forms = {f"{expected:.{places}f}" for places in (range(2, 5) if expected % 1 else [0])}
        return bool(forms & set(re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])", message)))
    values = list(expected.values()) if isinstance(expected, dict) else list(expected)
    return bool(values) and all(gives_away(message, one) for one in values)


@pytest.mark.parametrize(
    ("lab", "case"), [pytest.param(lab, case, id=f"{lab}-{case['id']}") for lab in NAMES for case in planted(lab)]
)
def test_a_planted_mistake_gets_its_hint_and_never_the_answer(lab, case, names, monkeypatch):
    check, answer = names["check"], eval(case["answer"], names)
    verdict = check(case["exercise"], answer)
    assert verdict.state == "wrong"
    assert case["hint"] in verdict.message
    assert not gives_away(verdict.message, check.exercises[case["exercise"]].expected(check.given))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AssertionError, match=re.escape(f"Not yet ({case['exercise']})")):
        check(case["exercise"], answer)


@each_lab
def test_where_nbgrader_marks_an_open_exercise_raises(lab, names, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    for exercise in exercises(lab):
        with pytest.raises(AssertionError, match="Still open"):
            names["check"](exercise, ...)


# --- another corpus ---------------------------------------------------------------------------------------

WHO = ["Governments", "all Member States", "the regional commissions", "the secretariat", "civil society"]
ACTS = ["strengthen", "review", "support", "report on", "extend"]
WHAT = ["access to digital services", "the digital divide", "artificial intelligence", "statistics of the harbours",
        "training of teachers in schools", "data governance", "privacy in public offices"]  # fmt: skip
ENDS = ["in all regions of the world", "within the resources at hand", "before the next session of the Council",
        "together with developing countries"]  # fmt: skip


def small_text(number: int, paragraphs: int = 42) -> str:
    """A resolution of words of our own: a third of its paragraphs are those of the resolution before it."""
    lines = ["The Council,", "Recalling its earlier resolutions on the use of computers in towns,", "I. Services"]
    for at, end in enumerate(islice(cycle(ENDS), paragraphs)):
        turn = at if at % 3 == 0 else at * 2 + number
        sentence = f"{WHO[turn % 5]} to {ACTS[(turn // 2) % 5]} {WHAT[turn % 7]} and {WHAT[(turn * 3 + 1) % 7]} {end}"
        lines.append(f"{at + 1}. Calls upon {sentence}, as decided in part {chr(65 + turn % 26)} of the plan;")
        if at == paragraphs // 2:
            lines += [f"(a) To name an office for item {number};", "(b) To publish its accounts;", "II. Follow-up"]
    return "\n\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def other_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three dated texts of one series, in a registered corpus."""
    folder = init_corpus(tmp_path_factory.mktemp("other") / "corpus").parent
    for number, date in enumerate(["2001-02-03", "2004-05-06", "2007-08-09"], 1):
        path = folder.parent / f"plan-{number}.txt"
        path.write_text(small_text(number), "utf-8")
        add_documents([path], corpus=folder, id=path.stem, title=f"Plan {number}", date=date, series="plans",
                      stage="adopted", language="en")  # fmt: skip
    return folder


@each_lab
def test_a_lab_runs_on_another_corpus(lab, other_corpus):
    names = run(lab, corpus=other_corpus, document="plan-2")
    states = {exercise: verdict.state for exercise, verdict in names["verdicts"].items()}
    assert set(states.values()) <= {"open", "not here"}
    asked = [exercise for exercise, state in states.items() if state == "open"]
    assert len(asked) >= 2
    for exercise in asked:
        exec(reference(lab)[exercise], names)
        verdict = names["check"](exercise, names[f"answer_{exercise.replace('.', '_')}"])
        assert verdict.state == "right", verdict


# --- the checker ------------------------------------------------------------------------------------------


def checker_of(**exercise: Any) -> Checker:
    made = Checker(LABS / "exercises" / f"{NAMES[0]}.py", study=None, document="d")
    made.exercises = {"1.1": Exercise(right="It shows.", **exercise)}
    return made


def states(form: str, expected: Any, *answers: Any, **options: Any) -> list[str]:
    check = checker_of(expected=lambda given: expected, form=form, **options)
    return [check("1.1", answer).state for answer in answers]


def test_answers_are_compared_by_what_they_mean():
    rows = pd.DataFrame({"a": ["x", "y"], "n": [1.0, float("nan")]})
    assert states("a whole number", 3, 3, 3.0, np.int64(3), 4) == ["right"] * 3 + ["wrong"]
    assert states("a number", 0.12345, 0.1234, np.float64(0.12345), 0.13) == ["right", "right", "wrong"]
    assert states("a number", float("nan"), float("nan"), 0) == ["right", "wrong"]
    assert states("a text", "a b", " a\nb ", "b a") == ["right", "wrong"]
    assert states("True or False", True, np.bool_(True), False) == ["right", "wrong"]
    assert states("a list of para_ids", ["d:1", "d:2"], {"d:2", "d:1"}, pd.Series(["d:2", "d:1"]), ["d:1"]) == [
        "right", "right", "wrong",
    ]  # fmt: skip
    assert states("a list in its order", ["a", "b"], ("a", "b"), ["b", "a"]) == ["right", "wrong"]
    assert states("a pair of numbers", (1, 2), [1.0, 2.001], (2, 1)) == ["right", "wrong"]
    assert states("a column or dictionary of numbers", {"a": 1, "b": 2}, pd.Series({"b": 2, "a": 1}), {"a": 1}) == [
        "right", "wrong",
    ]  # fmt: skip
    assert states("a table", rows, rows[::-1], rows.set_index("a"), rows[["n", "a"]], rows.head(1)) == [
        "right", "right", "right", "wrong",
    ]  # fmt: skip
    assert states("a table", rows, rows.assign(more=1), rows[["n"]], columns=["a"]) == ["right", "wrong"]


@pytest.mark.parametrize(
    ("form", "answer", "said"),
    [
        ("a whole number", "3", "a text (it stands in quotation marks); a whole number is asked for"),
        ("a whole number", 3.5, "a number with a fraction"),
        ("a whole number", True, "True or False"),
        ("a whole number", None, "nothing (None)"),
        ("a number", len, "are its brackets () missing? A number is asked for."),
        ("a text", ["a"], "a list; a text is asked for"),
        ("True or False", "yes", "a text"),
        ("a list of para_ids", "d:1", "a text"),
        ("a list of para_ids", [1], "a whole number"),
        ("a list of words", pd.Series([True, False]), "What stands in this list is True or False; a list of words"),
        ("a pair of numbers", [1, 2, 3], "has 3 numbers"),
        ("a column or dictionary of numbers", [1], "a list"),
        ("a table", {"a": 1}, "a dictionary"),
        ("a table", pd.Series([1], name="a"), "a column of a table"),
        ("a table", pd.DataFrame({"a": [1]}), "no column b"),
    ],
)
def test_an_answer_of_another_kind_is_told_so(form, answer, said):
    whole = {"a table": pd.DataFrame({"b": [1]}), "a text": "t", "True or False": True, "a pair of numbers": (1, 2),
             "a column or dictionary of numbers": {"a": 7}, "a list of para_ids": ["d:1"],
             "a list of words": ["w"]}.get(form, 7)  # fmt: skip
    verdict = checker_of(expected=lambda given: whole, form=form)("1.1", answer)
    assert verdict.state == "wrong"
    assert said in verdict.message


def test_mistakes_are_told_in_their_order_and_one_that_leads_nowhere_is_passed_over():
    def nowhere(given):
        raise NotHereError("no such document")

    mistakes = [(nowhere, "never"), (lambda given: 4, "four?"), (lambda given: lambda answer: answer > 2, "too many?")]
    check = checker_of(expected=lambda given: 2, form="a whole number", wrong=mistakes)
    assert [check("1.1", answer).message for answer in (4, 5)] == ["four?", "too many?"]
    assert "hint" in check("1.1", 1).message


def test_a_number_that_is_rounded_too_far_is_told_so_beside_any_mistake_that_it_may_be():
    check = checker_of(expected=lambda given: 1 / 19, form="a number", wrong=[(lambda given: 0.05, "One of twenty?")])
    said = {answer: check("1.1", answer) for answer in (0.0526, 0.053, 0.05, 0.3)}
    assert [verdict.state for verdict in said.values()] == ["right", "wrong", "wrong", "wrong"]
    assert ["rounded" in verdict.message for verdict in said.values()] == [False, True, True, False]
    assert "One of twenty?" in said[0.05].message


def test_what_a_corpus_has_no_answer_to_is_nobodys_mistake(monkeypatch):
    def expected(given):
        raise NotHereError("This needs two documents.")

    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    verdict = checker_of(expected=expected, form="a text")("1.1", ...)
    assert verdict.state == "not here"
    assert "two documents" in verdict.message


def test_a_verdict_says_its_state_in_a_word_and_shows_text_as_text():
    page = Verdict("1.1", "wrong", "Is <b> a word?")._repr_html_()
    assert "✗ Not yet (1.1)" in page
    assert "Is &lt;b&gt; a word?" in page
    assert str(Verdict("1.1", "right", "It shows.")) == "✓ Right (1.1). It shows."


def test_an_exercise_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"exercise is '9\.9'; those of this lab are 1\.1"):
        checker_of(expected=lambda given: 1, form="a number")("9.9", 1)
    with pytest.raises(InputError, match=r"lab_9\.py: no such file"):
        Checker("lab_9", study=None, document="d")


def test_every_exercise_has_a_known_form():
    for lab in NAMES:
        made = Checker(lab, study=None, document="d")
        assert list(made.exercises) == exercises(lab)
        assert {one.form for one in made.exercises.values()} <= FORMS.keys()
