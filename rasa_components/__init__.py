"""What Rasa loads of this project, in Rasa's own environment (Python 3.10): components, channel, tracker store.

Nothing here may import `bot`. `negation`, `hiding` and `ranking` import nothing but the standard library and
vietnamese_numbers: the bot uses the first two, too."""
