"""How the second pass is made: Whisper base's encoder, fine-tuned by CTC over Vietnamese syllables."""


class MissingError(Exception):
    """A stage cannot have what it needs; the text says to people what that is."""
