"""The whole bot behind a real Asterisk, rung by SIP telephones."""

from tests.realtime import run_apart


def test_calls_through_a_real_exchange() -> None:
    files = ("phone_line", "line_guarded", "line_call_back", "line_screening")
    run_apart(*(f"tests/pbx/{name}.py" for name in files), tries=2, seconds=600)
