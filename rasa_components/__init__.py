"""The part of this project that Rasa loads, in its own environment (Python 3.10): components, channel, tracker store.

Nothing here may import `bot`. `negation`, `hiding` and `ranking` import only the standard library and
vietnamese_numbers: the bot uses the first two, too."""
