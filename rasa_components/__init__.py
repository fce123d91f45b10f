"""What Rasa loads of this project, in Rasa's own environment (Python 3.10): components, channel, tracker store.

Nothing here may import `bot`. `negation` and `hiding` import nothing but the standard library and vietnamese_numbers, so
the bot uses them, too."""
