"""The sounds of Vietnamese words: the bot's, which builds graphs of them, too (`bot.phrases.lexicon`)."""

from bot.phrases.lexicon import (
    FILLER,
    INITIALS,
    NUCLEI,
    OPEN_TONES,
    PHONE_ID,
    PHONES,
    RECORDED,
    SIL,
    SILENCE,
    SONORANTS,
    STATES,
    STOP_TONES,
    STOPS,
    TONE_ID,
    TONES,
    WORD_CLASSES,
    Sound,
    sounds,
    syllable,
    syllables,
)

__all__ = [
    "FILLER", "INITIALS", "NUCLEI", "OPEN_TONES", "PHONES", "PHONE_ID", "RECORDED", "SIL", "SILENCE", "SONORANTS",
    "STATES", "STOPS", "STOP_TONES", "TONES", "TONE_ID", "WORD_CLASSES", "Sound", "sounds", "syllable", "syllables",
]  # fmt: skip
