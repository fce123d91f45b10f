"""The part of this project that Rasa loads, in its own environment (Python 3.10): components, channel, tracker store.

Nothing here may import `bot`. `negation`, `hiding`, `ranking` and `log_filters` import only the standard library and
vietnamese_numbers: the bot uses all but `ranking`, too."""
