"""A machine that is behind takes no further call; one that was late once, or does nothing, is not behind."""

import pytest

from bot.gateway.strain import HALVED_AFTER, PARTS, Strain


@pytest.mark.parametrize("part", PARTS)
def test_late_once_is_not_behind(part: str) -> None:
    strain = Strain()
    strain.note(part, 100 * PARTS[part].limit)
    assert not strain.behind


@pytest.mark.parametrize("part", PARTS)
def test_late_all_the_time_is_behind_until_it_no_longer_is(part: str) -> None:
    strain = Strain()
    for _ in range(300):
        strain.note(part, 2 * PARTS[part].limit)
        strain.tick()
    assert strain.behind
    assert {name for name, share in strain.shares().items() if share >= 1} == {part}
    for _ in range(300):
        strain.note(part, 0.1 * PARTS[part].limit)
        strain.tick()
    assert not strain.behind


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_which_nothing_is_asked_any_more_is_not_behind_for_ever(part: str) -> None:
    strain = Strain()
    for _ in range(300):
        strain.note(part, 3 * PARTS[part].limit)
    for _ in range(2 * HALVED_AFTER):
        strain.tick()
    assert not strain.behind
