"""Errors that a person sees: one line that says what is wrong and what to do."""


class VoicebotError(Exception):
    """Something the person at the terminal can act on; the message is one line and holds no secret."""


def one_line(text: str) -> str:
    """The text with an escape for whatever would begin a line, move a cursor or turn words round: an error may quote
    what anybody wrote."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
