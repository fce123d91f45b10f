"""What makes a scripted call fail: each expectation can, and says how."""

import pytest

from bot.events import Expect, Grammar, Number, Outcome
from bot.simulation.caller_script import Expected
from bot.simulation.run import CallRecord, failure_of
from bot.watching import Ended, Listens, Notice, Speaks, Understood


def speaks(at: float, text: str, password: bool = False) -> Speaks:
    return Speaks(at, text, 1.0, None, None, password, Expect("nothing"))


CALL: list[Notice] = [
    speaks(0, "Xin chào. Bấm tám."),
    Understood(2.5, 2.2, "8", Number("8", spoken=False)),
    speaks(2.5, "Mã số của quý khách?"),
    Listens(4.0, Expect(Grammar.NUMBER, lengths=(10,)), "không một", "01"),
    Understood(6.0, 5.7, "không một hai", Number("012", spoken=True)),
    speaks(6.0, "Mật khẩu mới là ••••••••", password=True),
    speaks(8.0, "Nhắc lại ••••••••", password=True),
    Ended(9.0, Outcome.RESET),
]


@pytest.fixture
def record() -> CallRecord:
    return CallRecord(list(CALL))


@pytest.mark.parametrize(
    "expected",
    [
        Expected(),
        Expected(Outcome.RESET, ("xin chào", "mật khẩu mới", "nhắc lại"), ("không khớp",), ("8", "một hai"), 2),
        Expected(said=("xin chào", "bấm tám")),
    ],
)
def test_a_call_as_expected_has_no_failure(expected: Expected, record: CallRecord) -> None:
    assert failure_of(expected, record) is None


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Expected(outcome=Outcome.REFUSED), "outcome reset, expected refused"),
        (Expected(said=("mật khẩu mới", "xin chào")), "did not say 'xin chào' where expected"),
        (Expected(not_said=("Mật khẩu",)), "the bot said 'Mật khẩu'"),
        (Expected(heard=("chín",)), "did not hear 'chín'"),
        (Expected(password_readings=1), "2 readings of the password, expected 1"),
    ],
)
def test_a_call_that_goes_otherwise_says_how(expected: Expected, words: str, record: CallRecord) -> None:
    failure = failure_of(expected, record)
    assert failure is not None
    assert words in failure


def test_what_went_wrong_in_the_bot_comes_first() -> None:
    record = CallRecord([Ended(1.0, Outcome.ERROR, "Rasa does not answer")])
    assert failure_of(Expected(outcome=Outcome.RESET), record) == "Rasa does not answer"
    assert failure_of(Expected(outcome=Outcome.ERROR), record) is None


def test_the_report_shows_who_did_what_when(record: CallRecord) -> None:
    lines = [(line.at_s, line.end_s, line.who, line.text) for line in record.lines()]
    assert (2.2, 2.2, "key", "•") in lines
    assert (4.0, 5.7, "caller", "• • •") in lines
    assert (6.0, 6.0, "state", "3 digits, spoken") in lines
    assert lines[-1] == (9.0, 9.0, "state", "reset")
