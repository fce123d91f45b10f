"""Errors that a person sees: one line that says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class VoicebotError(Exception):
    """Something the person at the terminal can act on; the message is one line and holds no secret."""


def one_line(text: str) -> str:
    """The text with an escape for whatever would begin a line, move a cursor or turn words round: an error may quote
    what anybody wrote."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


@contextmanager
def of_file(name: str) -> Iterator[None]:
    """An OSError in here that names no file gets this name: one of writing names none."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = name
        raise
