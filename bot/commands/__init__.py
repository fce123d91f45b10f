"""The `voicebot` commands, one file each. Heavy imports stay inside the functions: `--help` answers at once."""
