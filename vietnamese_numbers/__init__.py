"""Spoken Vietnamese ⇄ digits, and the digit collector. Pure: no I/O, no threads, no clock, no other room."""

from vietnamese_numbers.collector import WHOLE, Collected, Collector
from vietnamese_numbers.hypotheses import Certainty, Hypotheses
from vietnamese_numbers.reading import Found, Reading, Status, find, read
from vietnamese_numbers.speaking import DIGIT_WORDS, Dialect, groups, speak, speak_number

__all__ = [
    "DIGIT_WORDS",
    "WHOLE",
    "Certainty",
    "Collected",
    "Collector",
    "Dialect",
    "Found",
    "Hypotheses",
    "Reading",
    "Status",
    "find",
    "groups",
    "read",
    "speak",
    "speak_number",
]
