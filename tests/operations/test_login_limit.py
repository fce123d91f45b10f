"""How often logins may fail, on a clock that a test sets."""

from bot.operations.login_limit import ALL, FREE, LONGEST_SECONDS, MOST_NAMES, LoginLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def failing(limit: LoginLimit, clock: Clock, times: int) -> None:
    for _ in range(times):
        clock.now += 61  # past the limit for all names
        limit.failed("an")


def test_a_few_failures_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    clock = Clock()
    limit = LoginLimit(clock)
    failing(limit, clock, FREE - 1)
    assert limit.wait("an") == 0
    waits = []
    for _ in range(7):
        failing(limit, clock, 1)
        waits.append(limit.wait("an"))
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    assert limit.wait("binh") == 0


def test_the_wait_ends_and_a_success_forgives() -> None:
    clock = Clock()
    limit = LoginLimit(clock)
    failing(limit, clock, FREE)
    clock.now += 30
    assert limit.wait("an") == 0
    limit.succeeded("an")
    failing(limit, clock, FREE - 1)
    assert limit.wait("an") == 0


def test_failures_of_long_ago_are_forgotten() -> None:
    clock = Clock()
    limit = LoginLimit(clock)
    failing(limit, clock, FREE + 3)
    clock.now += LONGEST_SECONDS + 1
    failing(limit, clock, 1)
    assert limit.wait("an") == 0


def test_all_names_together_may_fail_so_often_in_a_minute() -> None:
    clock = Clock()
    limit = LoginLimit(clock)
    for number in range(ALL):
        limit.failed(f"name{number}")
    assert limit.wait("an") == 60
    clock.now += 60
    assert limit.wait("an") == 0


def test_no_more_than_so_many_names_are_remembered() -> None:
    clock = Clock()
    limit = LoginLimit(clock)
    for number in range(MOST_NAMES + 10):
        limit.failed(f"name{number}")
    assert len(limit._failures) == MOST_NAMES
