"""Accounts from a CSV file: header `phone,insurance_number`, UTF-8, one account a row."""

from __future__ import annotations

import csv
import re
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from bot.accounts.store import Accounts
from bot.errors import VoicebotError

HEADER = ["phone", "insurance_number"]

FEWEST, MOST = 1000, 20_000
"""Rows in the first transaction, and at most in a later one. Each transaction writes most pages of two indexes again:
400,000 accounts cost 6.9 GB of writing and 67 s with 1,000 rows, 1.4 GB and 18 s with 20,000 (two busy cores)."""

HOLD_SECONDS = 0.5
"""How long a transaction may keep calls from writing. Calls wait for two seconds at most (database.PATIENCE)."""


LONGEST_BYTES = 4096
"""Of a line. A row of accounts takes some thirty."""

_QUOTED = re.compile('["\r\n]')
"""Characters with a special meaning in CSV."""


@dataclass(frozen=True)
class Line:
    """A line of the file: its number, the byte where it ends, and its account or what is wrong with it."""

    number: int
    end: int
    raw: bytes = field(repr=False)
    account: tuple[str, str] | None = field(repr=False)
    problem: str = ""


@dataclass
class Summary:
    """How many rows had each result."""

    added: int = 0
    unchanged: int = 0
    bad: int = 0


def import_file(
    accounts: Accounts,
    path: Path,
    bad: Callable[[int, str], None],
    progress: Callable[[int], None],
    rejected: BinaryIO | None = None,
) -> Summary:
    """Add the file's good rows, a batch at a time. `bad` gets the line number and the reason of every other row, in
    order; `progress` the number of bytes done; `rejected` a file of the bad rows, to be corrected. The faster the
    database, the larger a batch.

    Raises VoicebotError if the file cannot be read or has another header, and AccountsUnavailable; batches done
    until then stay, and importing the file again goes on from there.
    """
    summary, size = Summary(), FEWEST
    if rejected:
        rejected.write(f"{','.join(HEADER)}\n".encode())
    with closing(read_lines(path)) as lines:
        while batch := list(islice(lines, size)):
            rows = [accounts.row(*line.account) for line in batch if line.account]
            began = time.monotonic()
            entries = iter(accounts.enter(rows))
            size = next_size(len(batch), time.monotonic() - began)
            for line in batch:
                entry = next(entries) if line.account else None
                if entry is None or entry.status == "bad":
                    summary.bad += 1
                    if rejected:
                        rejected.write(line.raw if line.raw.endswith(b"\n") else line.raw + b"\n")
                    bad(line.number, entry.reason if entry else line.problem)
                elif entry.status == "added":
                    summary.added += 1
                else:
                    summary.unchanged += 1
            progress(batch[-1].end)
    return summary


def next_size(rows: int, seconds: float) -> int:
    """Rows of the next transaction, after one of `rows` rows took `seconds`."""
    fits = rows * HOLD_SECONDS / seconds if seconds > 0 else MOST
    return round(max(FEWEST, min(fits, 2 * rows, MOST)))


def read_lines(path: Path) -> Generator[Line, None, None]:
    """The file's lines after the header, empty ones left out. Raises VoicebotError as `import_file` does."""
    try:
        with path.open("rb") as file:
            end = 0
            for number, (raw, size) in enumerate(_raw_lines(file), start=1):
                end += size
                columns, problem = _columns(raw.removeprefix(BOM_UTF8) if number == 1 else raw)
                if number == 1:
                    _check_header(path, columns)
                elif problem or len(columns) not in (0, 2):
                    problem = problem or f"{len(columns)} columns instead of 2"
                    yield Line(number, end, raw, None, problem)
                elif columns:
                    yield Line(number, end, raw, (columns[0], columns[1]))
            if end == 0:
                _check_header(path, [])
    except OSError as error:
        raise VoicebotError(f"{path}: cannot be read ({error.strerror}); give a CSV file of accounts") from None


def _raw_lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each line, and the bytes that were read for it. Of a line that is too long the beginning alone is kept."""
    skipped = 0
    while raw := file.readline(LONGEST_BYTES + 1):
        yield raw, skipped + len(raw)
        skipped, rest = 0, raw
        while len(raw) > LONGEST_BYTES and rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_BYTES)
            skipped += len(rest)


def _columns(raw: bytes) -> tuple[list[str], str]:
    """A line's columns, and what is wrong with the line, if anything. Every row is on a line of its own."""
    if len(raw) > LONGEST_BYTES:
        return [], f"longer than {LONGEST_BYTES} bytes"
    try:
        text = raw.decode().strip()
        if text and not _QUOTED.search(text):  # nearly all lines; a CSV reader takes 3 × as long
            return text.split(","), ""
        return next(csv.reader([text], strict=True), []), ""
    except UnicodeDecodeError:
        return [], "not UTF-8 text"
    except csv.Error as error:
        return [], f"not CSV ({error})"


def _check_header(path: Path, columns: list[str]) -> None:
    if columns != HEADER:
        raise VoicebotError(f"{path}: line 1 must be {','.join(HEADER)}, in UTF-8 with a comma: correct the header")
