"""Counts call backs, in SQL: one row for each call back, kept for a day."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from bot.accounts.backing import Backing
from bot.accounts.schema import call_backs
from bot.accounts.throttle import DAY, HOUR


class CallBackCounts:
    """Raises AccountsUnavailable if the store cannot be used."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing

    def take(self, phone: str, a_day: int, an_hour: int) -> str:
        """Count a call back of this number, and return an empty text. If the number had `a_day` call backs within 24
        hours, count nothing and return `day`; if all numbers together had `an_hour` within an hour, return `hour`."""
        self._backing.check()
        now, names = self._backing.now(), self._backing.caller(phone)
        if not names:
            return "day"
        with self._backing.database.writing() as connection:  # one at a time: what is counted stays true
            connection.execute(delete(call_backs).where(call_backs.c.at <= now - DAY))
            count = select(func.count()).select_from(call_backs)
            if connection.execute(count.where(call_backs.c.phone.in_(names))).scalar_one() >= a_day:
                return "day"
            if connection.execute(count.where(call_backs.c.at > now - HOUR)).scalar_one() >= an_hour:
                return "hour"
            connection.execute(insert(call_backs).values(at=now, phone=names[0]))
        return ""
