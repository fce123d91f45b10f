"""A machine that is behind takes no further call; one that was late once, or does nothing, is not behind."""

import pytest

from bot.gateway.overload import HALVED_AFTER, PARTS, Overload


@pytest.mark.parametrize("part", PARTS)
def test_late_once_is_not_behind(part: str) -> None:
    overload = Overload()
    overload.note(part, 100 * PARTS[part].limit)
    assert not overload.behind


@pytest.mark.parametrize("part", PARTS)
def test_late_all_the_time_is_behind_until_it_no_longer_is(part: str) -> None:
    overload = Overload()
    for _ in range(300):
        overload.note(part, 2 * PARTS[part].limit)
        overload.tick()
    assert overload.behind
    assert {name for name, load in overload.loads().items() if load >= 1} == {part}
    for _ in range(300):
        overload.note(part, 0.1 * PARTS[part].limit)
        overload.tick()
    assert not overload.behind


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_which_nothing_is_asked_any_more_is_not_behind_for_ever(part: str) -> None:
    overload = Overload()
    for _ in range(300):
        overload.note(part, 3 * PARTS[part].limit)
    for _ in range(2 * HALVED_AFTER):
        overload.tick()
    assert not overload.behind
