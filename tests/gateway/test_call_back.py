"""Call-back mode: who is rung, how often, and that only the answer is given passwords."""

import logging
import re
import uuid
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.accounts.pseudonyms import Pseudonyms
from bot.credentials import Credentials
from bot.errors import VoicebotError
from bot.gateway.admission import Admission, Busy
from bot.gateway.call_back import PROMISED_SECONDS, CallBacks, NotCalledBack
from bot.gateway.call_back_counts import DAY, HOUR, CountsInMemory, CountsInStore
from bot.gateway.metrics import Metrics
from bot.gateway.serving import call_backs_of
from bot.operations.client import Client
from bot.places import PACKAGES
from bot.sealing import Seal
from bot.settings import Settings
from bot.telephony.audiosocket import UUID
from tests.channels import fake_audiosocket
from tests.gateway.conftest import SECRET, Listeners, Site, site, until

PHONE, OTHER, THIRD = "0912345678", "0987654321", "0363333333"
SEAL = Seal(Fernet.generate_key(), 600)


class House:
    """Call backs by a clock that stands still: three a day for a number, five an hour for all."""

    def __init__(self, calls: int = 10) -> None:
        self.now, self.reported = 1000.0, list[str]()
        self.admission = Admission(calls)
        self.counts = CountsInMemory(3, 5, lambda: self.now, Pseudonyms(b"k" * 32))
        self.call_backs = CallBacks(self.counts, self.admission, lambda: self.now, self.reported.append)

    async def rings(self, caller: str | None) -> str:
        """What is dialled when this number calls, or why nothing is."""
        try:
            return (await self.call_backs.promise(caller, "19009068")).number
        except (NotCalledBack, Busy) as no:
            return no.reason

    async def rings_in_vain(self, caller: str) -> str:
        rung = await self.rings(caller)
        self.now += PROMISED_SECONDS
        self.call_backs.lapse()
        return rung


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize(
    ("caller", "rung"),
    [
        (PHONE, PHONE),
        ("+84912345678", PHONE),
        ("00912345678", PHONE),
        ("01692345678", "0392345678"),  # of before 2018
        (None, "withheld"),
        ("", "withheld"),
        ("19009068", "no_mobile"),
        ("1900123456", "no_mobile"),
        ("18001234", "no_mobile"),
        ("02838123456", "no_mobile"),  # an office in Saigon
        ("+12025550123", "no_mobile"),
        ("+881612345678", "no_mobile"),  # by satellite
        ("113", "no_mobile"),
        ("0612345678", "no_mobile"),
    ],
)
async def test_vietnamese_mobiles_are_rung_and_nothing_else(house: House, caller: str | None, rung: str) -> None:
    assert await house.rings(caller) == rung
    assert house.reported == ([] if rung.isdigit() else [rung])


class TestHowOften:
    async def test_a_number_is_rung_once_at_a_time(self, house: House) -> None:
        promise = await house.call_backs.promise(PHONE, None)
        assert await house.rings("+84912345678") == "under_way"
        assert await house.rings(OTHER) == OTHER
        assert house.call_backs.arrive(promise.name)
        house.now += 10 * PROMISED_SECONDS  # and they talk
        assert await house.rings(PHONE) == "under_way"
        promise.place.close()
        assert await house.rings(PHONE) == PHONE

    async def test_a_number_is_rung_a_few_times_a_day_answered_or_not(self, house: House) -> None:
        began = house.now
        promise = await house.call_backs.promise(PHONE, None)
        assert house.call_backs.arrive(promise.name)
        promise.place.close()
        house.now += HOUR
        assert [await house.rings_in_vain(PHONE) for _ in range(3)] == [PHONE, PHONE, "day"]
        assert await house.rings(OTHER) == OTHER
        house.now = began + DAY - 1
        assert await house.rings(PHONE) == "day"
        house.now = began + DAY
        assert await house.rings(PHONE) == PHONE

    async def test_all_numbers_together_are_rung_so_often_an_hour(self, house: House) -> None:
        began = house.now
        numbers = [f"091234567{n}" for n in range(7)]
        assert [await house.rings(number) for number in numbers] == [*numbers[:5], "hour", "hour"]
        house.now = began + HOUR - 1
        assert await house.rings(THIRD) == "hour"
        house.now = began + HOUR
        assert await house.rings(THIRD) == THIRD

    async def test_what_is_refused_counts_for_nothing(self, house: House) -> None:
        for caller in (None, "19009068", *["0212345678"] * 20):
            await house.rings(caller)
        assert await house.rings(PHONE) == PHONE
        for _ in range(20):
            assert await house.rings(PHONE) == "under_way"
        assert [await house.rings(each) for each in (OTHER, THIRD)] == [OTHER, THIRD]

    async def test_nothing_is_kept_of_numbers_after_a_day(self, house: House) -> None:
        for n in range(5):
            await house.rings_in_vain(f"091234567{n}")
        house.now += DAY
        await house.rings(None)
        await house.counts.take(OTHER)
        kept = vars(house.call_backs) | vars(house.counts)
        names = ("_promises", "_under_way", "_within_hour", "_within_day", "_of_day")
        assert [len(kept[name]) for name in names] == [0, 0, 1, 1, 1]


class TestThePromise:
    async def test_only_a_promised_call_arrives_and_once(self, house: House) -> None:
        promise = await house.call_backs.promise(PHONE, "19009068")
        assert house.call_backs.arrive(str(uuid.uuid4())) is None
        assert house.call_backs.arrive("") is None
        assert house.call_backs.arrive(promise.name) is promise
        assert (promise.number, promise.called) == (PHONE, "19009068")
        assert house.call_backs.arrive(promise.name) is None
        assert house.reported == ["answered"]

    async def test_who_does_not_answer_is_given_up_and_not_rung_again_by_itself(self, house: House) -> None:
        promise = await house.call_backs.promise(PHONE, None)
        house.now += PROMISED_SECONDS - 0.1
        house.call_backs.lapse()
        assert house.reported == []
        house.now += 0.1
        assert house.call_backs.arrive(promise.name) is None
        assert house.reported == ["unanswered"]
        assert house.admission.in_progress == 0

    async def test_who_could_not_be_reached_may_call_again_at_once(self, house: House) -> None:
        promise = await house.call_backs.promise(PHONE, None)
        house.call_backs.give_up(promise.name)
        assert house.reported == ["unanswered"]
        assert house.admission.in_progress == 0
        assert house.call_backs.arrive(promise.name) is None
        assert await house.rings(PHONE) == PHONE

    async def test_a_call_that_came_is_not_given_up(self, house: House) -> None:
        promise = await house.call_backs.promise(PHONE, None)
        house.call_backs.arrive(promise.name)
        for name in (promise.name, str(uuid.uuid4()), ""):
            house.call_backs.give_up(name)
        assert house.reported == ["answered"]
        assert house.admission.in_progress == 1

    async def test_there_is_a_place_for_whom_answers(self) -> None:
        house = House(calls=2)
        promise = await house.call_backs.promise(PHONE, None)
        await house.rings(OTHER)
        assert await house.rings(THIRD) == "full"
        house.admission.draining = True
        assert await house.rings(THIRD) == "draining"
        assert house.call_backs.arrive(promise.name)
        assert house.admission.in_progress == 2  # a drain waits for both
        promise.place.close()
        house.now += PROMISED_SECONDS
        house.call_backs.lapse()
        assert house.admission.in_progress == 0

    def test_the_dialplan_lets_it_ring_thirty_seconds_within_the_promise(self) -> None:
        dialplan = (PACKAGES / "deploy" / "asterisk" / "extensions.conf").read_text()
        pause, ring = (
            int(re.findall(rf"^{name} = (\d+)$", dialplan, re.MULTILINE)[0])
            for name in ("VOICEBOT_CALL_BACK_PAUSE", "VOICEBOT_RING_SECONDS")
        )
        assert ring == 30
        assert pause + ring + 10 <= PROMISED_SECONDS

    async def test_each_is_told_in_one_line_that_names_nobody(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        promise = await house.call_backs.promise(PHONE, None)
        await house.rings(PHONE)
        house.call_backs.arrive(promise.name)
        await house.rings_in_vain(OTHER)
        await house.rings(None)
        lines = [line.rpartition(" ") for line in caplog.messages]
        assert [how for _, _, how in lines] == ["under_way", "answered", "unanswered", "withheld"]
        assert lines[0][0] == lines[1][0] != lines[2][0]  # the same number has the same name
        assert re.fullmatch("a call back to [0-9a-f]{12}:", lines[0][0])
        assert not any(number[1:] in caplog.text + repr(promise) for number in (PHONE, OTHER))


class TestTheDoors:
    async def promised(self, here: Site, caller: str = PHONE) -> tuple[str, str]:
        status, text = await here.post("/call-backs", {"caller": caller, "did": "19009068"})
        assert status == 200
        name, _, number = text.partition(" ")
        return name, number

    async def test_the_exchange_learns_whom_to_ring_and_the_answer_is_that_number(self, listeners: Listeners) -> None:
        async with site(listeners.answer, call_back=True) as here:
            name, number = await self.promised(here, "+84912345678")
            assert number == PHONE
            assert listeners.callers == []  # nothing was asked of the bot
            async with here.call(f"call_back={name}&caller={OTHER}") as asterisk:  # a header changes nothing
                await asterisk.tick()
            await here.quiet()
            assert listeners.callers == [PHONE]
            assert await here.metric('voicebot_call_backs_total{result="answered"}') == 1

    async def test_the_answer_over_audiosocket_is_that_number_too(self, listeners: Listeners) -> None:
        async with site(listeners.answer, call_back=True) as here:
            name, _ = await self.promised(here)
            async with fake_audiosocket.dialled(*here.audiosocket) as asterisk:
                asterisk.send(UUID, uuid.UUID(name).bytes)
                await until(lambda: listeners.callers == [PHONE])
            await here.quiet()
            assert await here.get(f"/endings/{name}") == (200, "hung_up")

    @pytest.mark.parametrize("query", [f"caller={PHONE}", f"caller={PHONE}&call_back={uuid.UUID(int=7)}"])
    async def test_a_call_that_was_not_called_back_has_no_number(
        self, listeners: Listeners, caplog: pytest.LogCaptureFixture, query: str
    ) -> None:
        async with site(listeners.answer, call_back=True) as here:
            async with here.call(query) as asterisk:
                await asterisk.tick()
            _, name = await here.post("/callers", {"caller": PHONE})
            async with fake_audiosocket.dialled(*here.audiosocket) as older:
                older.send(UUID, uuid.UUID(name).bytes)
                await until(lambda: len(listeners.callers) == 2)
            await here.quiet()
            assert listeners.callers == [None, None]
            assert caplog.text.count("was not called back") == 2

    async def test_a_promise_is_good_for_one_call(self, listeners: Listeners) -> None:
        async with site(listeners.answer, call_back=True) as here:
            name, _ = await self.promised(here)
            for _ in range(2):
                async with here.call(f"call_back={name}") as asterisk:
                    await asterisk.tick()
            await here.quiet()
            assert listeners.callers == [PHONE, None]

    @pytest.mark.parametrize("caller", ["", "anonymous", "19009068", f"{PHONE}%40evil)v(x=1"])
    async def test_nobody_is_rung_for_what_is_no_mobile(self, listeners: Listeners, caller: str) -> None:
        async with site(listeners.answer, call_back=True) as here:
            assert await here.post("/call-backs", {"caller": caller}) == (200, "")

    async def test_a_number_whose_signature_failed_is_not_rung(self, listeners: Listeners) -> None:
        async with site(listeners.answer, call_back=True, verstat="require") as here:
            assert await here.post("/call-backs", {"caller": PHONE}) == (200, "")
            assert await here.metric('voicebot_call_backs_total{result="withheld"}') == 1

    async def test_a_full_machine_rings_nobody(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=1, call_back=True) as here:
            name, _ = await self.promised(here)
            assert await here.post("/call-backs", {"caller": OTHER}) == (503, "")
            with pytest.raises(aiohttp.WSServerHandshakeError):
                async with here.call(f"caller={OTHER}"):
                    pass
            async with here.call(f"call_back={name}") as asterisk:
                await asterisk.tick()
                assert not asterisk.ended
            await here.quiet()

    async def test_what_nobody_answered_gives_its_place_back(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=1, call_back=True) as here:
            await self.promised(here)
            here.now[0] += PROMISED_SECONDS
            here.ticker.beat(0)
            await here.quiet()
            assert await here.metric('voicebot_call_backs_total{result="unanswered"}') == 1

    async def test_the_exchange_tells_of_whom_it_could_not_reach(self, listeners: Listeners) -> None:
        async with site(listeners.answer, call_back=True) as here:
            name, _ = await self.promised(here)
            assert await here.post("/call-backs", {"call_back": name}, None) == (401, "")
            assert await here.post("/call-backs", {"call_back": name}) == (200, "")
            assert await here.metric('voicebot_call_backs_total{result="unanswered"}') == 1
            await self.promised(here)

    async def test_nobody_is_rung_without_the_secret_nor_in_another_mode(
        self, listeners: Listeners, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with site(listeners.answer, call_back=True) as here:
            for secret in (None, f"{SECRET}!"):
                assert await here.post("/call-backs", {"caller": PHONE}, secret) == (401, "")
        async with site(listeners.answer) as here:
            assert await here.post("/call-backs", {"caller": PHONE}) == (404, "")
            assert "VOICEBOT_CALL_BACK=on" in caplog.text


class Store:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, refused: str | None) -> None:
        self.refused, self.asked = refused, list[dict[str, Any]]()

    async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
        self.asked.append({"what": what, **fields})
        if self.refused is None:
            raise VoicebotError("the action server does not answer")
        return {"refused": self.refused}


class TestTheStoreCounts:
    @pytest.mark.parametrize(
        ("refused", "rung"), [("", PHONE), ("day", "day"), ("hour", "hour"), (None, "out_of_order")]
    )
    async def test_it_says_whether_a_number_is_rung(self, house: House, refused: str | None, rung: str) -> None:
        store = Store(refused)
        house.call_backs = CallBacks(
            CountsInStore(3, 5, store), house.admission, lambda: house.now, house.reported.append
        )
        assert await house.rings("+84912345678") == rung
        assert store.asked == [{"what": "call_back", "phone": PHONE, "a_day": 3, "an_hour": 5}]
        assert house.admission.in_progress == (rung == PHONE)

    async def test_while_it_is_asked_the_number_is_not_rung_a_second_time(self, house: House) -> None:
        class Slow(Store):
            async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
                assert await house.rings(PHONE) == "under_way"
                return await super().ask(what, **fields)

        house.call_backs = CallBacks(
            CountsInStore(3, 5, Slow("")), house.admission, lambda: house.now, house.reported.append
        )
        assert await house.rings(PHONE) == PHONE


async def test_the_settings_say_whether_and_how_often() -> None:
    assert call_backs_of(Settings(), Admission(9), Metrics(), None) is None
    settings, metrics = Settings(call_back="on", max_call_backs=1, max_call_backs_hour=2), Metrics()
    call_backs = call_backs_of(settings, Admission(9), metrics, None)
    assert call_backs is not None
    (await call_backs.promise(PHONE, None)).place.close()
    with pytest.raises(NotCalledBack, match="day"):
        await call_backs.promise(PHONE, None)
    await call_backs.promise(OTHER, None)
    with pytest.raises(NotCalledBack, match="hour"):
        await call_backs.promise(THIRD, None)
    assert b'voicebot_call_backs_total{result="hour"} 1.0' in metrics.text()


async def test_where_the_store_can_be_reached_it_counts(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(call_back="on", max_call_backs=2, max_call_backs_hour=7)
    with_store = call_backs_of(settings, Admission(9), Metrics(), Client("http://x", Credentials(""), SEAL))
    assert with_store is not None
    assert isinstance(with_store._counts, CountsInStore)
    assert caplog.messages == []
    call_backs_of(settings, Admission(9), Metrics(), None)
    assert "for this gateway alone" in caplog.text
