"""How the time of each regular expression, and of reading and analysing a text, grows on hostile input.

    python bench/regexes.py

Every expression of the package is run by the methods that its modules call on it, over texts grown from its own signs
and repeats: one sign again and again, two in turn, and each repeat behind what the expression wants before it. A short
trial serves all texts; the steepest and the slowest of it are tried on 5,000 and 20,000 characters. The table shows
time and exponent of growth: 1 is linear. Behind it stand hostile texts on their whole way, from bytes to suspects.
The status is 1 where anything grows with an exponent of more than 1.3, or is stopped since it takes too long.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import multiprocessing
import os
import pkgutil
import re
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from math import inf, log
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import wsis_nlp
from wsis_nlp import open_study
from wsis_nlp.metadata import propose_metadata
from wsis_nlp.readers import read_document

TRIAL, FINAL, WHOLE = (500, 2_000), (5_000, 20_000), (25_000, 100_000)  # characters
DOUBTFUL, MOST, SURE = 1.1, 1.3, 1.7  # exponents: above the second the run fails; between the others it measures again
LEAST = 0.005  # seconds below which 20,000 characters are not worth a word: a square of them takes ten times that
PATIENCE = {TRIAL: 2, FINAL: 2, WHOLE: 30}  # seconds of CPU after which a trial is stopped
BOUNDS = {
    "metadata.adoption.DRAFT": 400,
    "metadata.titles.DRAFT": 400,
    "metadata.titles.MARKS": 60,
    "segmentation.furniture.CITED": 30,
    "segmentation.furniture.LEADERS": 40,
    "segmentation.furniture.SCRAP": 80,
    "segmentation.labels.DECIMAL": 60,
    "segmentation.labels.DELETED": 60,
    "segmentation.labels.DOUBLE": 60,
    "segmentation.labels.ITEM": 60,
    "segmentation.labels.NUMBER": 60,
}
"""Characters that call sites hand to an expression at most, where the text of a document may be longer."""
SCANNING = ("finditer", "findall", "sub", "subn", "split")
METHODS = ("search", "match", "fullmatch", *SCANNING)
SIGNS = " \n-.,:;()[]<>*_#/0a1A’"
HOSTILE = (
    "(", "[", "1.", "1. A ", " ", "-\n", "a", "a.b.", "(a) ", "[a](b)", "<b>", "*", "_", "Aa ", "Aa\n\n", "A/1 ", "a-",
    "’", "é", "\u202f1", "AI ", "digital ", "2 May 2031 ", "The General Assembly, ", "Recalling a, ", "A/RES/70/1\n",
)  # fmt: skip
Make = Callable[[int], Callable[[], object]]


class Expression(NamedTuple):
    """An expression, the name under which a module holds it, and how the package calls it."""

    name: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


class Growth(NamedTuple):
    """Exponent of growth to a text four times as long, seconds that this takes, and what was done."""

    exponent: float
    seconds: float
    what: str


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(wsis_nlp.__path__, "wsis_nlp."):
        yield importlib.import_module(found.name)


def held(value: object) -> Iterator[re.Pattern[Any]]:
    """Expressions in a value of a module, tables in tables included."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from held(one)


def called(module: ModuleType, source: str) -> Iterator[tuple[re.Pattern[Any] | None, str]]:
    """Expressions that the source of a module names or spells at a call, or None for a local name, and the method."""

    def value_of(node: ast.expr) -> object:
        try:
            return eval(compile(ast.Expression(node), "", "eval"), vars(module))
        except NameError:  # a local name
            return None

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            plain = isinstance(node.func.value, (ast.Name, ast.Attribute))
            value = value_of(node.func.value) if plain else None
            if value is re and isinstance(pattern := value_of(node.args[0]), (str, bytes)):
                flags = [flag for flag in map(value_of, node.args[2:]) if isinstance(flag, re.RegexFlag)]
                value = re.compile(pattern, *flags)
            if isinstance(value, re.Pattern) or (value is None and plain and node.func.attr != "split"):
                yield value, "finditer" if node.func.attr in SCANNING else node.func.attr


def expressions() -> list[Expression]:
    """Expressions of the package; one called by no name has the methods that its module calls in loops, or all."""
    names: dict[re.Pattern[Any], str] = {}
    methods, looped = defaultdict(set), {}
    for module in modules():
        short, source = module.__name__.removeprefix("wsis_nlp."), inspect.getsource(module)
        own = {name: value for name, value in vars(module).items() if re.search(rf"^{name}\b.* = ", source, re.M)}
        calls = list(called(module, source))
        for name, value in own.items():
            for pattern in held(value):
                names[pattern] = f"{short}.{name}"
                looped[pattern] = {method for found, method in calls if found is None}
        for pattern, method in calls:
            if pattern is not None:
                names.setdefault(pattern, f"{short} {pattern.pattern!r:.40}")
                methods[pattern].add(method)
        for rule in (*own.get("RULES", ()), *own.get("ENGLISH", ())):  # those of suspects
            names[re.compile(rule[0])] = f"{short} {rule[3]!r}"
            methods[re.compile(rule[0])].add("finditer")
    return [
        Expression(name, one, tuple(sorted(methods[one] or looped[one])) or METHODS[:4]) for one, name in names.items()
    ]


def sign_of(members: Iterable[tuple[object, Any]]) -> str:
    """A sign of a class of signs."""
    negated, listed = False, ""
    for kind, value in members:
        category = str(value).removeprefix("CATEGORY_")
        negated |= str(kind) == "NEGATE"
        if str(kind) == "CATEGORY":
            listed += {"DIGIT": "1", "WORD": "a", "SPACE": " ", "NOT_WORD": "-", "NOT_DIGIT": "a"}.get(category, "a")
        elif str(kind) != "NEGATE":
            listed += chr(value if str(kind) == "LITERAL" else value[0])
    return next((sign for sign in "a1 -A." if sign not in listed), "é") if negated else listed[:1]


def sample(parsed: Any, pieces: dict[tuple[str, str], None]) -> str:
    """A text that an expression nearly matches; to `pieces` go its repeats and choices, each behind its beginning."""
    text = ""
    for kind, value in parsed:
        name = str(kind)
        if name == "LITERAL":
            text += chr(value)
        elif name in ("IN", "ANY", "NOT_LITERAL"):
            text += sign_of(value) if name == "IN" else "a"
        elif name.endswith("_REPEAT"):
            piece = sample(value[2], pieces)
            pieces |= {(text, piece): None, ("", text + piece): None}
            text += piece * min(max(value[0], 1), 20)
        elif name == "BRANCH":
            choices = [sample(one, pieces) for one in value[1]]
            pieces |= dict.fromkeys([("", one) for one in choices[:6]])
            text += choices[0]
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            text += sample(value[-1] if name == "SUBPATTERN" else value, pieces)
    return text


def hostile(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """What hostile texts for an expression open with, and repeat."""
    pieces: dict[tuple[str, str], None] = {}
    whole = sample(re._parser.parse(pattern.pattern, pattern.flags), pieces)  # type: ignore[attr-defined]
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    own = [sign for sign in dict.fromkeys(source) if not sign.isalnum() and sign not in "\\|?+{}^$=!" + SIGNS][:8]
    pieces = dict.fromkeys([*list(pieces)[:40], ("", whole), ("", whole[:-1])])
    repeated = [piece for _, piece in pieces][:6]
    pieces |= dict.fromkeys(("", sign) for sign in (*SIGNS, *own, "a, ", "A. ", "a-b", "[a", "1/2", "a b\n"))
    pieces |= dict.fromkeys(("", "".join(pair)) for pair in permutations([*repeated, " ", "a", "1", "-"], 2))
    pieces |= dict.fromkeys((opening, piece) for opening in "[(A1<" for piece in (" ", "a", "a ", "1", "-"))
    return list({(opening + piece * 60)[:60]: (opening, piece) for opening, piece in pieces if piece}.values())


def seconds(run: Callable[[], object], patience: int, repeats: int) -> float:
    """The least time of some repeats; the process ends where one takes longer than its patience.

    The time is that of the thread: the clock of a process ticks in hundredths of a second where a limit is set.
    """
    found = inf
    for _ in range(repeats):
        stop = int(time.process_time()) + patience + 1
        resource.setrlimit(resource.RLIMIT_CPU, (stop, resource.RLIM_INFINITY))
        start = time.thread_time()
        run()
        found = min(found, time.thread_time() - start)
    return found


def growth(make: Make, sizes: tuple[int, int], patience: int, least: float, what: str) -> Growth:
    """Growth from a text to one four times as long; what seems steep is measured again."""
    short, long = map(make, sizes)
    last = seconds(long, patience, 1)
    if last < least:
        return Growth(0.0, last, what)
    first = seconds(short, patience, 2)
    for repeats in (1, 2, 4, 8, 16):
        exponent = log(last / max(first, least / 100), 4)
        if not DOUBTFUL < exponent < (SURE if repeats > 1 else inf) or repeats * last > patience / 5:
            break
        first, last = min(first, seconds(short, patience, 2 * repeats)), min(last, seconds(long, patience, repeats))
    return Growth(log(last / max(first, least / 100), 4), last, what)


def in_child(work: Callable[[Connection], None]) -> Growth:
    """The growth that work tells last; where it was stopped, that of what it told to begin."""

    def child(told: Connection) -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work(told)

    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=child, args=(there,))
    process.start()
    there.close()
    last = Growth(inf, inf, "")
    try:
        while True:
            last = here.recv()
    except EOFError:
        process.join()
    return last


def steepest(expression: Expression, told: Connection) -> None:
    """Tell the growth on the text on which an expression grows fastest."""
    bound = BOUNDS.get(expression.name, max(FINAL))

    def make(method: str, opening: str, piece: str) -> Make:
        def sized(size: int) -> Callable[[], object]:
            text: Any = opening + piece * (size // len(piece)) + "\x00"
            data = text if isinstance(expression.pattern.pattern, str) else text.encode()
            call = getattr(expression.pattern, method)
            return (lambda: sum(1 for _ in call(data))) if method == "finditer" else lambda: call(data)

        return sized

    def tried(runs: Iterable[tuple[Make, str]], sizes: tuple[int, int], least: float) -> list[tuple[Growth, Make]]:
        found = []
        for run, what in runs:
            told.send(Growth(inf, inf, what))
            small = (min(sizes[0], bound // 4), min(sizes[1], bound))
            found.append((growth(run, small, PATIENCE[sizes], least, what), run))
        return found

    texts = hostile(expression.pattern)
    runs = [(make(method, *text), f"{method} {text}") for method in expression.methods for text in texts]
    trials = tried(runs, TRIAL, 0.0001)
    chosen = {id(one): one for n in (0, 1) for one in sorted(trials, key=lambda one: one[0][n])[-4:]}
    finals = tried([(run, found.what) for found, run in chosen.values()], FINAL, LEAST)
    told.send(max(finals, key=lambda one: one[0][:2])[0])


def whole_way(text: str, folder: Path) -> None:
    """Read, part, count and judge a text as one document."""
    file = folder / "hostile.txt"
    file.write_text(f"A {text} a.\n", "utf-8", newline="")
    study = open_study(folder)
    for part in (study.paragraphs, study.tokens, study.mentions):
        len(part)
    propose_metadata(read_document(file), file.name)
    study.suspects("hostile")


def tell_whole(piece: str, folder: Path, told: Connection) -> None:
    """Tell the growth of a hostile text's whole way."""
    what = f"whole way {piece!r}"
    told.send(Growth(inf, inf, what))
    told.send(
        growth(
            lambda size: lambda: whole_way(piece * (size // len(piece)), folder), WHOLE, PATIENCE[WHOLE], LEAST, what
        )
    )


def main() -> int:
    """Print the growth of each expression, the steepest first, and of each hostile text on its whole way."""
    rows = [
        (in_child(lambda told, one=one: steepest(one, told)), one.name)  # type: ignore[misc]
        for one in expressions()
    ]
    with tempfile.TemporaryDirectory() as name:
        whole_way("a", Path(name))  # what is loaded once is loaded now
        ways = [(in_child(lambda told, one=one: tell_whole(one, Path(name), told)), "") for one in HOSTILE]  # type: ignore[misc]
    for table in (rows, ways):
        for found, name in sorted(table, reverse=True)[: 40 if table is rows else None]:
            bound = f" (of {BOUNDS[name]} characters)" if name in BOUNDS else ""
            print(f"{found.exponent:6.2f} {found.seconds:8.3f} s  {name:44} {found.what}{bound}")
    worst = max(found.exponent for found, _ in rows + ways)
    used = os.times()
    print(f"{len(rows)} expressions; steepest growth: {worst:.2f}; {sum(used[:4]):.0f} s of CPU")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
