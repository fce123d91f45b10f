"""Answers gateways' questions for the operator's page, in the process that has the account store.

    POST /operations/WHAT   {"sealed": TOKEN}, behind the same secret as the actions

The token holds WHAT and the question's fields as JSON; passwords and phone numbers may be among them. The answer is
JSON, too; an error is {"error", "seconds"?} with a status of `_STATUS`. Everything except `keep`, `call_back`, `open`
and `login` needs a session, whose role is checked here, beside the data. `call_back` is not part of the page: with it
gateways count their call backs.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from aiohttp import web

from bot.accounts import Accounts, AccountsUnavailable
from bot.accounts.chain import What
from bot.call_keys import known_as
from bot.doors.json_body import json_of
from bot.errors import VoicebotError
from bot.events import Outcome
from bot.operations.calls import PAGE, Place, Wanted
from bot.operations.figures import By
from bot.operations.record import ID, read_record
from bot.operations.roles import Role
from bot.operations.staff import Member, NotLoggedIn, TooOften
from bot.operations.store import Store
from bot.sealing import Purpose, Seal
from bot.settings import Settings

THREADS = 2
"""Threads that use the store for pages. Calls have other threads and do not wait behind these."""

OF_CALLS = ("keep", "call_back")
"""Questions because of a call. They have their own thread: anybody who reaches the page can keep the others busy."""

MOST_AT_ONCE = 1000
"""Calls in one answer to an export."""

HOUR = 3600

LONGEST_HOURS = 24 * 366 * 5
"""Hours of one question for figures, at most."""

LAST = 253_370_000_000
"""Unix time in the year 9999."""

log = logging.getLogger(__name__)

Fields = dict[str, Any]


class NotAllowed(VoicebotError):  # noqa: N818  # the name says what happened
    """The role does not allow it."""


_STATUS: tuple[tuple[type[VoicebotError], int], ...] = (
    (NotLoggedIn, 401),
    (NotAllowed, 403),
    (TooOften, 429),
    (AccountsUnavailable, 503),
    (VoicebotError, 400),
)


class Desk:
    """`accounts` and `seal` are opened on first use, in a thread."""

    def __init__(self, settings: Settings, accounts: Callable[[], Accounts], seal: Callable[[], Seal]) -> None:
        self._settings, self._accounts, self._seal = settings, accounts, seal
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="operations")
        self._thread_of_calls = ThreadPoolExecutor(1, thread_name_prefix="operations-calls")
        self._acts: dict[str, Callable[[Fields], Fields]] = {
            "keep": self._keep,
            "call_back": self._call_back,
            "open": self._open,
            "login": self._login,
            "logout": self._logout,
            "me": self._me,
            "overview": self._overview,
            "find": self._find,
            "call": self._call,
            "listen": self._listen,
            "unlock": self._unlock,
            "export": self._export,
        }

    async def answer(self, request: web.Request) -> web.Response:
        """Handle a request. No field of the question is in the answer or in the log."""
        what = request.match_info["what"]
        if what not in self._acts:
            return web.json_response({"error": "not known here: bring the action server up to date"}, status=404)
        try:
            token = str((await json_of(request))["sealed"])
        except (ValueError, LookupError, TypeError):
            return web.json_response({"error": "nothing sealed"}, status=400)
        try:
            threads = self._thread_of_calls if what in OF_CALLS else self._threads
            work = asyncio.get_running_loop().run_in_executor(threads, self._done, what, token)
            return web.json_response(await work)
        except VoicebotError as error:
            status = next(status for kind, status in _STATUS if isinstance(error, kind))
            told: Fields = {"error": str(error)}
            if isinstance(error, TooOften):
                told["seconds"] = error.seconds
            return web.json_response(told, status=status)
        except Exception as error:  # its text may hold secrets
            log.error("the operator's page was failed (%s)", type(error).__name__)
            return web.json_response({"error": f"it failed ({type(error).__name__})"}, status=500)

    async def tend(self) -> None:
        """Remove old calls. Errors of the store are reported elsewhere."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._tend)
        except VoicebotError as error:
            log.warning("old calls were not removed: %s", error)

    def _tend(self) -> None:
        self._store.calls.tend()  # the store is opened here, in the thread

    def close(self) -> None:
        for threads in (self._threads, self._thread_of_calls):
            threads.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _store(self) -> Store:
        return Store(self._accounts(), self._settings.call_days)

    def _done(self, what: str, token: str) -> Fields:
        asked: Fields = json.loads(self._seal().reveal(token, Purpose.OPERATIONS))
        if asked.pop("act", None) != what:  # the token was sealed for another question: somebody replays it
            raise VoicebotError("this was not asked for here: bring gateway and action server to the same version")
        return self._acts[what](asked)

    # ── without a session ──

    def _keep(self, asked: Fields) -> Fields:
        return {"new": self._store.calls.keep(read_record(asked["record"]), asked.get("phone"))}

    def _call_back(self, asked: Fields) -> Fields:
        return {"refused": self._store.call_backs.take(str(asked["phone"]), int(asked["a_day"]), int(asked["an_hour"]))}

    def _open(self, _: Fields) -> Fields:
        return {"open": self._store.staff.any()}

    def _login(self, asked: Fields) -> Fields:
        member = self._store.staff.login(str(asked["name"]), str(asked["password"]), str(asked["session"]))
        return _who(member)

    # ── with one ──

    def _logout(self, asked: Fields) -> Fields:
        self._store.staff.logout(str(asked["session"]))
        return {}

    def _me(self, asked: Fields) -> Fields:
        return _who(self._member(asked))

    def _overview(self, asked: Fields) -> Fields:
        self._member(asked)
        since, until = (_seconds(asked.get(name)) / HOUR for name in ("since", "until"))
        first, end = math.floor(since), math.ceil(until)  # whole hours
        if not 0 < end - first <= LONGEST_HOURS:
            raise VoicebotError("give a time of up to five years whose end is behind its beginning")
        by: By = "hour" if asked.get("by") == "hour" else "day"
        return {**self._store.calls.overview(first, end, by), "by": by, **self._price}

    def _find(self, asked: Fields) -> Fields:
        member = self._member(asked)
        wanted = self._wanted(asked)
        if wanted.phone:
            self._store.calls.note(What.CALLS_SEARCH, member.actor, phone=wanted.phone)
        return {"calls": self._store.calls.find(wanted, _after(asked), PAGE), "page": PAGE}

    def _call(self, asked: Fields) -> Fields:
        return self._looked_at(asked, What.CALL_SHOW, self._member(asked))

    def _listen(self, asked: Fields) -> Fields:
        """A gateway asks this before it gives out a recording, which lies on the gateway."""
        return self._looked_at(asked, What.CALL_LISTEN, self._member(asked, Role.OPERATOR))

    def _looked_at(self, asked: Fields, what: What, member: Member) -> Fields:
        id_ = str(asked["id"])
        found = self._store.calls.one(id_) if ID.fullmatch(id_) else None
        if found is None:
            raise VoicebotError("this call is not known, or no longer")
        self._store.calls.note(what, member.actor, call=found["exchange"] or None, detail=found["id"])
        return {"call": found, **self._price}

    @property
    def _price(self) -> Fields:
        return {
            "dong_a_minute": self._settings.dong_a_minute,
            "dong_a_minute_source": self._settings.dong_a_minute_source,
        }

    def _unlock(self, asked: Fields) -> Fields:
        member = self._member(asked, Role.OPERATOR)
        return {"forgiven": self._store.accounts.unlock(str(asked["phone"]), member.actor)}

    def _export(self, asked: Fields) -> Fields:
        member = self._member(asked, Role.OPERATOR)
        wanted, after = self._wanted(asked), _after(asked)
        if after is None:
            times = f"{wanted.since:%Y-%m-%dT%H:%MZ} to {wanted.until:%Y-%m-%dT%H:%MZ}"
            self._store.calls.note(What.CALLS_EXPORT, member.actor, phone=wanted.phone, detail=times)
        return {"calls": self._store.calls.find(wanted, after, MOST_AT_ONCE), "page": MOST_AT_ONCE}

    def _member(self, asked: Fields, role: Role = Role.VIEWER) -> Member:
        member = self._store.staff.session(str(asked["session"]))
        if role is Role.OPERATOR and member.role != Role.OPERATOR:
            raise NotAllowed("for operators; you may look")
        return member

    def _wanted(self, asked: Fields) -> Wanted:
        outcome = str(asked.get("outcome") or "")
        if outcome and outcome not in list(Outcome):
            raise VoicebotError("there is no such outcome")
        phone = None
        if asked.get("phone"):
            phone = self._store.calls.pseudonym(str(asked["phone"]))
            if phone is None:
                raise VoicebotError("this is not a phone number: write ten digits beginning with 0")
        exchange = known_as(str(asked["exchange"])) if asked.get("exchange") else ""
        return Wanted(_time(asked.get("since")), _time(asked.get("until")), outcome, phone, exchange)


def _who(member: Member) -> Fields:
    return {"name": member.name, "role": member.role}


def _after(asked: Fields) -> Place | None:
    after = asked.get("after")
    return (_time(after[0]), str(after[1])) if after else None


def _time(seconds: Any) -> datetime:
    """Unix time as the store writes it. Raises VoicebotError if it is no time."""
    try:
        return datetime.fromtimestamp(_seconds(seconds), UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        raise VoicebotError("this is not a time") from None


def _seconds(given: Any) -> float:
    """Unix time. Raises VoicebotError if it is no time."""
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        raise VoicebotError("this is not a time") from None
    if not 0 <= seconds < LAST:
        raise VoicebotError("this is not a time")
    return seconds
