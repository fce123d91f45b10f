"""Call-back mode over a real line, all calls at once: whoever claims to be somebody lets that somebody's telephone
ring, hears nothing, and learns nothing. The gateway wants a certificate: these calls show TLS from end to end, too."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.accounts.demo import DEMO
from bot.accounts.passwords import DIGITS
from bot.settings import Settings
from bot.simulation.caller_script import Press, Wait
from tests.pbx.carrier import Carrier, Ring
from tests.pbx.conftest import Prompts, exchanging
from tests.pbx.ears import Recording
from tests.pbx.exchange import CALL_BACK_LINE, HOTLINE, Exchange
from tests.pbx.gateway import Gateway, free_port
from tests.pbx.telephone_sound import Step, write_pcap
from tests.pbx.telephones import ASSERTED, NOTHING, WITHHELD, Number, Telephone, answering, dial, person

VICTIM = DEMO[1]
"""Phone and insurance number. Somebody claims this phone in From; its owner is rung."""

STRANGER, TRANSFERRED, ABSENT = "0999999999", "0999999998", "0999999997"
"""Numbers without an account: who answers and gives VICTIM's insurance number, who answers and wants a person, and who
does not answer."""

HIDDEN, SERVICE = DEMO[2][0], "1900123456"
"""Whose number is withheld; a number that is no mobile's."""

DIRECT = DEMO[3][0]
"""Calls without a call back."""

CLAIMS = {
    "forger": Number("forger", VICTIM[0], NOTHING),
    STRANGER: Number(STRANGER, STRANGER, ASSERTED),
    TRANSFERRED: Number(TRANSFERRED, VICTIM[0], ASSERTED),
    ABSENT: Number(ABSENT, "anonymous", ASSERTED),
    HIDDEN: Number(HIDDEN, HIDDEN, WITHHELD),
    SERVICE: Number(SERVICE, SERVICE, ASSERTED),
    "withheld": Number("withheld", "anonymous", NOTHING),
}
"""What the trunk says of each caller; where it asserts nothing, the name is this test's own."""

ANSWERS: Mapping[str, list[Step]] = {
    VICTIM[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{VICTIM[1]}#"), Wait(60)],
    STRANGER: [Wait(2), Press("8"), Wait(1.5), Press(f"{VICTIM[1]}#"), Wait(60)],
    TRANSFERRED: [Wait(2), Press("0"), Wait(60)],
}
"""What is done on the telephones that are answered."""

HANGS_UP_AFTER = 24.0
"""Seconds in which VICTIM hears the password once and that it will be repeated."""

SOME_SECONDS = 10
"""For what goes on by itself after the telephones are through."""


@dataclass(frozen=True)
class Calls:
    """All calls of this file, over. `refused`: caller → what the telephone's own log says; `went`: number that was
    rung → 0 where the bot ended the call, and DIRECT."""

    refused: Mapping[str, str]
    went: Mapping[str, int]
    person_answered: bool
    carrier: Carrier
    exchange: Exchange

    def heard(self, number: str) -> Recording:
        return Recording(self.exchange.heard_back(number))


@pytest.fixture(scope="module")
def calls(tools: Path, tls_gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    folder = tmp_path_factory.mktemp("telephones")
    ports = {number: free_port() for number in ANSWERS}
    telephones: dict[str, Telephone] = {}
    with (
        Carrier(ports) as carrier,
        exchanging(tools, folder / "pbx", tls_gateway, "", certified=True, carrier=carrier.port) as exchange,
    ):
        try:
            for number, steps in ANSWERS.items():
                write_pcap(folder / f"{number}.pcap", steps, folder)
                hang_up_after = HANGS_UP_AFTER if number == VICTIM[0] else None
                telephones[number] = answering(
                    tools, folder, number, folder / f"{number}.pcap", ports[number], hang_up_after
                )
            somebody = telephones["person"] = person(tools, folder, exchange.sites.person)
            write_pcap(folder / "silence.pcap", [Wait(60)], folder)

            def ring(number: Number, called: str) -> Telephone:
                sound, sip = folder / "silence.pcap", exchange.sites.sip
                return dial(tools, folder, number=number, sound=sound, exchange=sip, port=free_port(), called=called)

            for caller, claim in CLAIMS.items():
                telephones[f"first {caller}"] = ring(claim, CALL_BACK_LINE)
            telephones[DIRECT] = ring(Number(DIRECT, DIRECT), HOTLINE)
            refused = {}
            for caller in CLAIMS:
                assert telephones[f"first {caller}"].finish() == 1, f"the call of {caller} was answered"
                refused[caller] = telephones[f"first {caller}"].log.read_text()
            went = {number: telephones[number].finish() for number in (*ANSWERS, DIRECT)}
            yield Calls(refused, went, somebody.finish() == 0, carrier, exchange)
        finally:
            for telephone in telephones.values():
                telephone.stop()


@pytest.mark.parametrize("caller", CLAIMS)
def test_the_first_call_is_never_answered(caller: str, calls: Calls) -> None:
    assert "486 Busy Here" in calls.refused[caller]


def test_the_owner_of_the_number_that_was_claimed_is_rung_once_and_nobody_else(calls: Calls) -> None:
    rung = sorted(calls.carrier.rings, key=lambda ring: ring.number)
    assert rung == [Ring(number, CALL_BACK_LINE) for number in sorted((VICTIM[0], STRANGER, TRANSFERRED, ABSENT))]


def test_the_owner_answers_and_hears_a_password_that_opens_the_account(
    calls: Calls, tls_gateway: Gateway, prompts: Prompts, settings: Settings
) -> None:
    assert calls.went[VICTIM[0]] == 0
    recording = calls.heard(VICTIM[0])
    reading = recording.find(prompts["utter_new_password"])
    assert reading, "the password was not announced"
    repeated = recording.find(prompts["utter_repeat_password"], reading.end)
    assert repeated, "the password was not read out within this time"
    password = recording.digits(reading.end, repeated.start, settings, DIGITS)
    assert password
    assert tls_gateway.accounts.verify(VICTIM[0], password)


def test_a_number_without_an_account_is_rung_as_well_and_hears_the_one_refusal(calls: Calls, prompts: Prompts) -> None:
    assert calls.went[STRANGER] == 0, "the bot did not end the call"
    recording = calls.heard(STRANGER)
    assert recording.find(prompts["utter_refused"])
    assert not recording.find(prompts["utter_new_password"])


def test_who_does_not_answer_is_given_up_and_not_rung_again(calls: Calls) -> None:
    assert calls.carrier.given_up == [ABSENT]
    assert [ring.number for ring in calls.carrier.rings].count(ABSENT) == 1


def test_a_call_that_was_not_called_back_hears_that_it_cannot_be_served(calls: Calls, prompts: Prompts) -> None:
    assert calls.went[DIRECT] == 0, "the bot did not end the call"
    recording = Recording(calls.exchange.heard(DIRECT))
    assert recording.find(prompts["utter_withheld"])
    assert not recording.find(prompts["utter_greet"])


def test_an_exchange_with_a_certificate_learns_over_tls_that_a_call_is_to_go_on_with_a_person(
    calls: Calls, prompts: Prompts
) -> None:
    assert calls.heard(TRANSFERRED).find(prompts["utter_transfer"])
    assert calls.person_answered, "nobody was rung"
    assert calls.went[TRANSFERRED] == 0, "the call did not end when the person hung up"


def test_each_call_back_is_counted_and_told_without_a_number(calls: Calls, tls_gateway: Gateway) -> None:
    counted = {
        result: tls_gateway.figure(f'voicebot_call_backs_total{{result="{result}"}}')
        for result in ("answered", "unanswered", "withheld", "no_mobile")
    }
    assert counted == {"answered": 3, "unanswered": 1, "withheld": 2, "no_mobile": 1}
    log = tls_gateway.log.read_text()
    assert log.count("a call back to") == len(CLAIMS)
    assert not [each for each in (*VICTIM, STRANGER, TRANSFERRED, ABSENT, HIDDEN, SERVICE, DIRECT) if each in log]


def test_nothing_is_left_of_calls_that_are_over(calls: Calls, tls_gateway: Gateway) -> None:
    deadline = time.monotonic() + SOME_SECONDS
    while time.monotonic() < deadline and (
        calls.exchange.channels() or tls_gateway.figure("voicebot_calls_in_progress")
    ):
        time.sleep(0.2)
    assert calls.exchange.channels() == 0
    assert tls_gateway.figure("voicebot_calls_in_progress") == 0
