"""Fixtures that several test modules share, and cases that lie as data in ``cases/``.

A test marked ``@pytest.mark.cases("tokens.json", "words")`` runs once for each case in that list of the
file and takes it as its argument ``case``. A case is a table with an ``id``; one with
``"known_failure": true`` is expected to fail, and the run fails on the day it passes, so that the mark is
taken away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from wsis_nlp import Study, open_study, token_table
from wsis_nlp.readings import character_extents

CASES = Path(__file__).parent / "cases"
LONGEST = ("test_reproduction.py", "test_figures.py", "test_showing.py", "test_cli.py", "test_lineage.py")

settings.register_profile("project", deadline=None, max_examples=60, derandomize=True)
# For long runs: EXAMPLES=20000 .venv/bin/python -m pytest tests/test_fuzz.py --hypothesis-profile=long
settings.register_profile("long", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "5000")))
settings.load_profile("project")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(file, table): run once for each case of a list in tests/cases/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest, so that no process is left with one at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is None:
        return
    file, table = marker.args
    cases = json.loads((CASES / file).read_text("utf-8"))[table]
    names = [case["id"] for case in cases]
    assert len(set(names)) == len(names), f"{file}: an id of {table} stands twice"
    metafunc.parametrize("case", [
        pytest.param(case, id=case["id"], marks=[pytest.mark.xfail] if case.get("known_failure") else [])
        for case in cases
    ])  # fmt: skip


Frame = Callable[..., pd.DataFrame]


def frame_of(texts: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        (para_id.partition(":")[0], para_id, text, character_extents(np.arange(len(text), dtype=np.int32)))
        for para_id, text in texts.items()
    ]
    return pd.DataFrame(rows, columns=["doc_id", "para_id", "text", "extents"])


@pytest.fixture(scope="session")
def make_paragraphs() -> Frame:
    """Make body paragraphs from texts by their ``para_id``; each text is its own raw text."""
    return frame_of


@pytest.fixture(scope="session")
def make_tokens() -> Frame:
    """Make the token table of texts by their ``para_id``."""

    def make(texts: Mapping[str, str]) -> pd.DataFrame:
        return token_table(frame_of(texts))

    return make


@pytest.fixture(scope="session")
def study() -> Study:
    """The corpus of the project in the reading that analyses use."""
    return open_study()


@pytest.fixture(scope="session")
def printed() -> Study:
    """The corpus of the project as printed."""
    return open_study(reading="printed")


@pytest.fixture(scope="session")
def raws(study: Study) -> dict[str, str]:
    """Raw text of each document."""
    return {document.id: document.read().text for document in study.corpus}
