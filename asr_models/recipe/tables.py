"""The tables of the recordings, and what is said where something of them is missing. docs/tutorial-own-speech.md
explains the columns."""

import csv
from collections.abc import Iterator
from pathlib import Path

UTTERANCES, WORDS = "utterances.tsv", "words.tsv"
COLUMNS = {
    UTTERANCES: ("path", "corpus", "speaker", "text", "licence"),
    WORDS: ("path", "start_s", "end_s", "word"),
}
"""The columns that are needed. Where they are there, `kind` (real or synthetic) and `part` are read, too."""

PARTS = ("", "train", "dev", "test")
"""What may stand under `part`; empty leaves it to `corpora.part_of`."""

CANNOT_BE_HAD = 69
"""Exit status of a stage that cannot have what it needs."""


class MissingError(Exception):
    """A stage cannot have what it needs; the text says to people what that is."""


def check(shared: Path) -> None:
    """Raises MissingError where the folder lacks recordings or noises."""
    for needed in (shared / "speech" / UTTERANCES, shared / "noise"):
        if not needed.exists():
            raise MissingError(
                f"no recordings, {needed} is missing: name their folder with --shared (docs/tutorial-own-speech.md)"
            )


def rows(speech: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a table. One of word times need not be there: `words.tsv` is only for recordings that have them.

    Raises MissingError for a column or a recording that is missing."""
    file = speech / name
    if name == WORDS and not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if lacking := [column for column in COLUMNS[name] if column not in (reader.fieldnames or ())]:
            raise MissingError(
                f"{file}: the column {lacking[0]} is missing; it has {', '.join(reader.fieldnames or ())}"
            )
        for row in reader:
            if name == UTTERANCES and not (speech / row["path"]).is_file():
                raise MissingError(f"{file}, line {reader.line_num}: there is no recording {row['path']}")
            if name == UTTERANCES and (row.get("part") or "") not in PARTS:
                raise MissingError(f"{file}, line {reader.line_num}: part is {row['part']!r}; it is train, dev or test")
            yield row
