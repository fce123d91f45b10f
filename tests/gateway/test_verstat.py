"""What counts of the carrier's check of a calling number's signature."""

import base64
import uuid

import pytest

from bot.gateway.verstat import Policy, vouched_for
from tests.gateway.conftest import Listeners, site

NUMBER = "0912345678"


def identity(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def checked(verstat: str) -> str:
    return identity(f'"A name" <sip:+84912345678;verstat={verstat}@carrier.vn;user=phone>')


PASSED, FAILED, UNCHECKED = map(checked, ("TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation"))
NO_WORD = identity("<sip:+84912345678@carrier.vn>")


@pytest.mark.parametrize(
    ("policy", "header", "vouched"),
    [
        ("off", FAILED, True),
        ("off", "", True),
        ("off", "no base64", True),
        ("prefer", PASSED, True),
        ("prefer", UNCHECKED, True),
        ("prefer", NO_WORD, True),
        ("prefer", "", True),
        ("prefer", FAILED, False),
        ("prefer", checked("TN-Validation-Passed-C"), False),
        ("prefer", checked("something-new"), False),
        ("prefer", "no base64", False),
        ("require", PASSED, True),
        ("require", checked("TN-Validation-Passed-A"), True),
        ("require", identity("<tel:+84912345678;verstat=TN-Validation-Passed>"), True),
        ("require", identity("<sip:+84912345678@carrier.vn;user=phone;verstat=TN-Validation-Passed>"), True),
        ("require", identity("sip:+84912345678@carrier.vn;verstat=TN-Validation-Passed"), True),
        ("require", UNCHECKED, False),
        ("require", NO_WORD, False),
        ("require", "", False),
        ("require", FAILED, False),
        ("require", checked("TN-Validation-Passed-B"), False),
        ("require", checked("TN-Validation-PassedX"), False),
        ("require", identity("\xff"), False),
        ("require", base64.b64encode(b"\xff").decode(), False),
    ],
)
def test_which_numbers_are_vouched_for(policy: Policy, header: str, vouched: bool) -> None:
    assert vouched_for(header, policy) is vouched


@pytest.mark.parametrize(
    "name",
    [";verstat=TN-Validation-Passed", r"a \" ;verstat=TN-Validation-Passed", "<sip:1;verstat=TN-Validation-Passed>"],
)
@pytest.mark.parametrize("real", ["", ";verstat=TN-Validation-Failed"])
def test_a_name_that_the_caller_has_chosen_vouches_for_nothing(name: str, real: str) -> None:
    assert not vouched_for(identity(f'"{name}" <sip:+84912345678{real}@carrier.vn>'), "require")


def test_two_values_that_differ_vouch_for_nothing() -> None:
    both = "<sip:+84912345678;verstat=TN-Validation-Passed@carrier.vn>, <tel:+84912345678;verstat=TN-Validation-Failed>"
    assert not vouched_for(identity(both), "prefer")


@pytest.mark.parametrize(("header", "caller"), [(PASSED, NUMBER), (NO_WORD, None), ("", None)])
async def test_a_number_that_is_not_vouched_for_is_withheld_on_both_lines(
    listeners: Listeners, header: str, caller: str | None
) -> None:
    fields = {"caller": NUMBER, "identity": header, "did": "19009068"}
    async with site(listeners.answer, verstat="require") as here:
        query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields.items())
        async with here.call(query) as asterisk:
            await asterisk.tick()
        _, name = await here.post("/callers", fields)
        announced = here.gateway.call_registry.arrive(uuid.UUID(name))
        await here.quiet()
        assert listeners.callers == [caller]
        assert announced is not None
        assert announced.caller == caller
