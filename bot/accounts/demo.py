"""Invented accounts to try the bot with (`voicebot accounts init --demo`).

Vietnam reserves no telephone numbers for fiction: these have striking patterns, and nothing here ever dials them.
No province has the personal-number code 099.
"""

DEMO: tuple[tuple[str, str], ...] = (
    ("0912345678", "0123456789"),
    ("0900000001", "0000000012"),  # leading zeros
    ("0355555555", "7777755555"),  # repeated digits
    ("0888888888", "0991234567"),  # the beginning of the next number
    ("0933333333", "099123456789"),  # a personal identity number, 12 digits
    ("0777000111", "099000000001"),
)
"""Phone number, insurance number."""
