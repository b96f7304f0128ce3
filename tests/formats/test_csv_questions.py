"""Questions as spreadsheets save them."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzler.errors import Invalid, InvalidRows
from quizzler.formats import csv_questions
from quizzler.game.questions import Question, SingleChoice

HEADER = "question_text,option_a,option_b,option_c,option_d,correct_option"
OSLO = "Where is Oslo?,Sweden,Norway,Denmark,Finland,b"
OSLO_QUESTION = Question("Where is Oslo?", SingleChoice(("Sweden", "Norway", "Denmark", "Finland"), 1))
MOST = 50


def parse(text: str | bytes, most: int = MOST) -> list[Question]:
    return list(csv_questions.parse(text if isinstance(text, bytes) else text.encode(), most))


def rows_of(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(InvalidRows) as error:
        parse(text)
    return list(error.value.rows)


def test_file_as_the_contract_has_it():
    assert parse(f"{HEADER}\n{OSLO}\n") == [OSLO_QUESTION]


def test_order_of_the_questions_is_the_files():
    many = "\n".join(OSLO.replace("Oslo", f"Oslo {number}") for number in range(MOST))
    assert [question.text for question in parse(f"{HEADER}\n{many}")] == [f"Where is Oslo {n}?" for n in range(MOST)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(end, last):
    assert parse(end.join([HEADER, OSLO, OSLO]) + (end if last else "")) == [OSLO_QUESTION] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    text = f"{HEADER}\nWo lebt der „Bär“ – für 5 €?,Bärlin,Köln,Füssen,Ærø,a\n"
    [question] = parse(text.encode(encoding))
    assert question.text == "Wo lebt der „Bär“ – für 5 €?"
    assert question.body.options == ("Bärlin", "Köln", "Füssen", "Ærø")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(delimiter):
    assert parse(f"{HEADER}\n{OSLO}".replace(",", delimiter)) == [OSLO_QUESTION]


def test_semicolons_leave_commas_to_the_text():
    [question] = parse(
        f"{HEADER};explanation\nOne, two;three, four;b;;;a;x, y".replace(HEADER, HEADER.replace(",", ";"))
    )
    assert (question.text, question.body.options[0], question.explanation) == ("One, two", "three, four", "x, y")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_cells_hold_delimiters_quotes_and_line_ends(end):
    [question] = parse(f'{HEADER}{end}"Who said{end}""Yes, we can""?","A, B",C,,,a{end}')
    assert question.text == 'Who said\n"Yes, we can"?'
    assert question.body.options == ("A, B", "C")


def test_form_feeds_and_line_separators_end_no_row():
    assert parse(f"{HEADER}\nA\x0cB\u2028C\x85D?,x,y,,,a")[0].text == "A\x0cB\u2028C\x85D?"


def test_columns_in_any_order_and_others():
    header = "explanation,correct_option,Option B,Author,option_a,OPTION_C,option_d,Time Limit, Question_Text "
    [question] = parse(f'{header}\nBecause.,B,Norway,me,Sweden,,,"12,5",Where is Oslo?')
    assert question == Question("Where is Oslo?", SingleChoice(("Sweden", "Norway"), 1), 12.5, "Because.")


@pytest.mark.parametrize(("cells", "options"), [("A,B,,,a", 2), ("A,B,C,,c", 3), ("A,B,C,D,d", 4), ("A,B,,,A", 2)])
def test_two_to_four_options(cells, options):
    assert len(parse(f"{HEADER}\nQ?,{cells}")[0].body.options) == options


def test_blank_rows_are_passed_over():
    assert parse(f"\n\n{HEADER}\n\n,,,,,\n{OSLO}\n  \n") == [OSLO_QUESTION]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Sweden,Norway,Denmark,Finland,b", "question_text"),
        ("Q?,,Norway,Denmark,Finland,b", "option_a"),
        ("Q?,Sweden,Norway,,Finland,b", "option_c"),
        ("Q?,Sweden,,,,a", "option_b"),
        ("Q?,Sweden,Norway,Denmark,Finland,", "correct_option"),
        ("Q?,Sweden,Norway,Denmark,Finland,e", "correct_option"),
        ("Q?,Sweden,Norway,Denmark,Finland,ab", "correct_option"),
        ("Q?,Sweden,Norway,Denmark,Finland,Norway", "correct_option"),
        ("Q?,Sweden,Norway,Denmark,,d", "correct_option"),
        ("Q?,Sweden,Norway", "correct_option"),
        ("Q?,Sweden,Sweden,Denmark,Finland,a", "Two options"),
        (f"{'x' * 501},Sweden,Norway,,,a", "question_text"),
        (f"Q?,Sweden,{'x' * 201},,,a", "option_b"),
        ("Q, or?,Sweden,Norway,Denmark,Finland,b,", "comma"),
        ("Q?,Sweden,Norway,Denmark,Finland,b,more", "comma"),
    ],
)
def test_bad_row_says_which_and_why(row, column):
    [(number, sentence)] = rows_of(f"{HEADER}\n{OSLO}\n{row}\n{OSLO}\n")
    assert number == 3 and column in sentence


@pytest.mark.parametrize("limit", ["0", "x", "nan", "inf", "3601", "1e999"])
def test_bad_time_limit(limit):
    [(number, sentence)] = rows_of(f"{HEADER},time_limit\n{OSLO},{limit}")
    assert number == 2 and "time_limit" in sentence


def test_every_bad_row_is_told():
    text = "\n".join([HEADER, "Q?,A,B,,,x", OSLO, "", ",A,B,,,a", '"Q\r\nR?",A,B,,,z', "Q?,,B,,,a"])
    assert [number for number, _ in rows_of(text)] == [2, 5, 6, 7]


def test_the_sentence_of_many_bad_rows_is_short():
    with pytest.raises(InvalidRows) as error:
        parse("\n".join([HEADER, *["Q?,A,B,,,x"] * 40]))
    assert error.value.sentence.startswith("Row 2: correct_option")
    assert error.value.sentence.endswith("and 35 more") and len(error.value.rows) == 40


@pytest.mark.parametrize("broken", ['"Q?,A,B,,,a\nmore\n', '"Q"?,A,B,,,a', f"{'x' * 140_000},A,B,,,a"])
def test_row_without_an_end(broken):
    found = rows_of(f"{HEADER}\nQ?,A,B,,,x\n{broken}")
    assert [number for number, _ in found] == [2, 3] and "quotes" in found[1][1]


@pytest.mark.parametrize("missing", HEADER.split(","))
def test_missing_column_is_named(missing):
    header = ",".join(name for name in HEADER.split(",") if name != missing)
    [(number, sentence)] = rows_of(f"{header}\n{OSLO}")
    assert number == 1 and sentence.endswith(f"{missing} is missing")


def test_doubled_column():
    assert rows_of(f"{HEADER},option_a\n{OSLO},x") == [(1, "there are two columns option_a")]


def test_file_without_a_header():
    assert "missing" in rows_of(OSLO)[0][1]


@pytest.mark.parametrize("text", ["", "\n", " \n,,,\n", "\ufeff"])
def test_empty_file(text):
    with pytest.raises(Invalid, match="empty"):
        parse(text)


def test_header_alone():
    with pytest.raises(Invalid, match="no questions"):
        parse(HEADER)


def test_more_questions_than_a_quiz_has():
    with pytest.raises(Invalid, match="more than 50"):
        parse("\n".join([HEADER, *[OSLO] * 51]))


def test_workbook():
    with pytest.raises(Invalid, match="CSV"):
        parse(b"PK\x03\x04\x14\x00\x06\x00")


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00", b"\xd0\xcf\x11\xe0\x00\x00", b"\xff\xfe\x00\xd8", b"\x81\x8d"]
)
def test_what_is_not_text(data):
    with pytest.raises(Invalid, match="not a text"):
        parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_sentence(data):
    with pytest.raises(Invalid) as error:
        parse(data)
    assert error.value.sentence


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=50).map(str.strip)


@given(st.lists(_CELL.filter(bool), min_size=4, max_size=4, unique=True), _CELL.filter(bool))
def test_any_question_comes_back_as_it_was_written(options, text):
    written: list[str] = []
    sink = type("Sink", (), {"write": staticmethod(written.append)})
    csv.writer(sink, quoting=csv.QUOTE_ALL).writerows([HEADER.split(","), [text, *options, "c"]])
    assert parse("".join(written)) == [Question(text, SingleChoice(tuple(options), 2))]
