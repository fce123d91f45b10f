"""Errors that a person sees: one line that says what is wrong and what to do."""


class VoicebotError(Exception):
    """Something the person at the terminal can act on; the message is one line and holds no secret."""
