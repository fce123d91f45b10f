"""Simulated callers: their scripts, voice and line, the call, the comparison with the script, and the report."""
