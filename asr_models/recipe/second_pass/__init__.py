"""How the second pass is made: Whisper base's encoder, fine-tuned by CTC over Vietnamese syllables."""

from ..tables import MissingError

__all__ = ["MissingError"]
