"""Tables as comma-separated values (RFC 4180) that a spreadsheet opens as what they are."""

import csv
from collections.abc import Iterable

# With it, spreadsheets read UTF-8 as UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins with one of these is a formula to a spreadsheet, and people choose their names themselves.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(rows: Iterable[Iterable[str | float | None]]) -> str:
    """Text that would be taken for a formula gets an apostrophe in front; numbers stay numbers, None is empty."""
    lines = _Lines()
    csv.writer(lines).writerows([_harmless(cell) for cell in row] for row in rows)
    return "".join(lines)


def _harmless(cell: str | float | None) -> str | float | None:
    # A spreadsheet skips blanks in front of a formula.
    if isinstance(cell, str) and (cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)):
        return "'" + cell
    return cell


class _Lines(list[str]):
    """What ``csv.writer`` takes for a file."""

    write = list.append
