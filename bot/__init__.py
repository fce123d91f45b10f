"""The voice bot: from a caller's frames and keys to a new password, one direction all the way."""
