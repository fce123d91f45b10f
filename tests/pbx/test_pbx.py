"""The whole bot behind a real Asterisk, rung by SIP telephones."""

from tests.realtime import run_apart


def test_calls_through_a_real_exchange() -> None:
    run_apart("tests/pbx/phone_line.py", "tests/pbx/line_guarded.py", tries=2, seconds=600)
