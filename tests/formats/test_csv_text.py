"""Tables for spreadsheets."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzler.formats import csv_text


def read(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True)))


def test_cells_come_back_whole():
    rows = [["a", 'say "b"', "c,d", "two\r\nlines"], ["", "ü", "1.5", " x "]]
    assert read(csv_text.write(rows)) == rows


def test_numbers_stay_numbers_and_none_is_empty():
    assert csv_text.write([[-1.5, 0, None, "x"]]) == "-1.5,0,,x\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=", "-"])
def test_text_is_no_formula(text):
    [[cell]] = read(csv_text.write([[text]]))
    assert cell == "'" + text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_no_text_is_a_formula(text):
    written = csv_text.write([[text, "end"]])
    assert not written.lstrip(' "').startswith(("=", "+", "-", "@"))
