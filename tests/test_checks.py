"""One voice for errors: a message is one line that says what was given and what is allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wsis_nlp._checks import InputError, check_columns, check_known, check_one_of, check_whole

FAULTS = {
    "not one of": (lambda: check_one_of("xml", ("csv", "table"), name="format"), ["format", "'xml'", "csv, table"]),
    "unknown name": (lambda: check_known(["ai", "al"], ["ai", "gdc"], name="concept"), ["concept", "'al'", "ai, gdc"]),
    "zero": (lambda: check_whole(0, name="topics", least=1), ["topics", "0", "at least 1"]),
    "not whole": (lambda: check_whole(2.0, name="topics", least=1), ["topics", "2.0", "whole"]),
    "true is no count": (lambda: check_whole(True, name="topics", least=1), ["topics", "True", "whole"]),
    "below zero": (lambda: check_whole(-1, name="seed"), ["seed", "-1", "at least 0"]),
    "a word": (lambda: check_whole("3", name="topics", least=1), ["topics", "'3'", "whole"]),
    "missing column": (
        lambda: check_columns(pd.DataFrame({"a": [1]}), ["a", "b", "c"], name="tokens"),
        ["tokens", "b, c", "it has: a"],
    ),
    "line end in a value": (lambda: check_one_of("a\nb", ("x",), name="case"), ["case", "x"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_message_is_one_line_with_name_value_and_what_is_allowed(fault: str) -> None:
    call, parts = FAULTS[fault]
    with pytest.raises(InputError) as raised:
        call()
    message = str(raised.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_an_input_error_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)


def test_what_is_allowed_comes_back() -> None:
    assert check_one_of("csv", ("csv", "table"), name="format") == "csv"
    assert check_whole(3, name="topics", least=1) == 3
    assert check_whole(np.int64(3), name="topics", least=1) == 3


def test_known_names_come_back_once_and_in_the_order_asked_for() -> None:
    assert check_known(["gdc", "ai", "gdc"], ["ai", "gdc"], name="concept") == ("gdc", "ai")
    assert check_known([], ["ai"], name="concept") == ()
