"""Questions out of a table of comma-separated values, as spreadsheets save one.

    question_text,option_a,option_b,option_c,option_d,correct_option
    Where is Oslo?,Sweden,Norway,Denmark,Finland,b

The columns may come in any order; ``time_limit`` (seconds) and ``explanation`` may come too, and others are passed
over. A question of two or three options leaves the last cells empty. Spreadsheets differ, so these are understood:
commas, semicolons and tabs between cells; UTF-8 with and without a byte-order mark, UTF-16 with one, and
Windows-1252; all line ends, also within quotes.
"""

import csv
import re
from collections.abc import Iterator, Sequence

from quizzler.errors import Invalid, InvalidBody, InvalidRows
from quizzler.game.questions import DEFAULT_TIME_LIMIT, Question, SingleChoice

LETTERS = "abcd"
OPTIONS = tuple(f"option_{letter}" for letter in LETTERS)
REQUIRED = ("question_text", *OPTIONS, "correct_option")
DELIMITERS = ",;\t"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UNREADABLE = "this cannot be read: the quotes do not match, or a cell is far too long"
ZIP_MARK = b"PK\x03\x04"  # what workbooks of spreadsheets begin with
# Not str.splitlines, to which a form feed is the end of a line too.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

NumberedRow = tuple[int, list[str]]


def parse(data: bytes, most: int) -> tuple[Question, ...]:
    """The questions of a file, at most that many, in its order.

    Raises ``InvalidRows`` with every row that is wrong, and ``Invalid`` where the file as a whole is.
    """
    rows = _rows(_decode(data))
    number, header = next(rows, (0, []))
    if not header:
        raise Invalid("The file is empty")
    names = _names(header)
    if problem := _header_problem(names):
        raise InvalidRows([(number, problem)])
    questions: list[Question] = []
    wrong: list[tuple[int, str]] = []
    try:
        for number, cells in rows:
            if len(questions) + len(wrong) == most:
                raise Invalid(f"The file has more than {most} questions, which is the most that a quiz has")
            try:
                questions.append(_question(_named(names, cells)))
            except InvalidBody as error:
                wrong.append((number, _sentence(error)))
    except InvalidRows as unreadable:
        wrong += unreadable.rows
    if wrong:
        raise InvalidRows(wrong)
    if not questions:
        raise Invalid("The file has no questions")
    return tuple(questions)


def _decode(data: bytes) -> str:
    if data.startswith(ZIP_MARK):
        raise Invalid("This is a spreadsheet's own format: save it as CSV there, and import that file")
    for encoding in ("utf-16",) if data.startswith(UTF_16_MARKS) else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid("The file is not a text: save it as CSV, in UTF-8")


def _rows(text: str) -> Iterator[NumberedRow]:
    """Rows that are not blank, with their number as a spreadsheet counts: from 1, and a cell's line ends do not.
    Raises ``InvalidRows`` where it is not clear where a row ends."""
    lines = [line[0] for line in _LINE.finditer(text)]
    reader = csv.reader(lines, delimiter=_delimiter(lines), skipinitialspace=True, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip().replace("\r\n", "\n") for cell in cells]
    except csv.Error:
        raise InvalidRows([(number + 1, UNREADABLE)]) from None


def _delimiter(lines: Sequence[str]) -> str:
    """The one that finds most columns in the header."""
    header = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=lambda delimiter: len(set(REQUIRED) & set(_names(header.split(delimiter)))))


def _names(cells: Sequence[str]) -> list[str]:
    return [re.sub(r"[\s_]+", "_", cell.strip(' \t\r\n"').lower()) for cell in cells]


def _header_problem(names: Sequence[str]) -> str | None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return f"the columns are {', '.join(REQUIRED)}; {', '.join(missing)} {verb} missing"
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    return f"there are two columns {doubled[0]}" if doubled else None


def _named(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Raises ``InvalidBody`` where there are cells without a column: most likely a comma that was not quoted."""
    if any(cells[len(names) :]):
        raise InvalidBody(f"there are {len(cells)} cells for {len(names)} columns: text with a comma needs quotes")
    return dict(zip(names, [*cells, *[""] * (len(names) - len(cells))]))


def _question(row: dict[str, str]) -> Question:
    """Raises ``InvalidBody`` with the column that is wrong."""
    options = [row[name] for name in OPTIONS]
    while len(options) > 2 and not options[-1]:
        options.pop()
    letter = row["correct_option"].lower()
    if letter not in LETTERS or len(letter) != 1:
        raise InvalidBody("this has to be a, b, c or d", ("correct_option",))
    if LETTERS.index(letter) >= len(options):
        raise InvalidBody(f"{letter} is empty, so it cannot be right", ("correct_option",))
    body = SingleChoice(tuple(options), LETTERS.index(letter))
    question = Question(row["question_text"], body, _time_limit(row), row.get("explanation", ""))
    question.check()
    return question


def _time_limit(row: dict[str, str]) -> float:
    given = row.get("time_limit", "")
    try:
        return float(given.replace(",", ".")) if given else DEFAULT_TIME_LIMIT
    except ValueError:
        raise InvalidBody("this has to be a number of seconds", ("time_limit",)) from None


_COLUMNS = {
    ("question",): "question_text",
    **{("options", place): name for place, name in enumerate(OPTIONS)},
    ("correct_answer",): "correct_option",
    **{(name,): name for name in ("correct_option", "time_limit", "explanation")},
}


def _sentence(error: InvalidBody) -> str:
    """With the column in front, where it is one column that is wrong."""
    column = _COLUMNS.get(error.field)
    return f"{column}: {error.sentence}" if column else error.sentence
