"""What a caller takes back: a model with a list of cells, and the phrases where two readings must be refused."""

import random

import pytest

from vietnamese_numbers import DIGIT_WORDS, Status, read
from vietnamese_numbers.corrections import evaluate

ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")


def words(digits: str) -> str:
    return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)


def a_call(rng: random.Random) -> tuple[str, str]:
    """What a caller says digit by digit, with corrections, and the digits that must stand then."""
    cells = "".join(rng.choices("123456789", k=rng.randint(2, 6)))  # "không" before a correction may be a "no"
    said = [words(cells)]
    for _ in range(rng.randint(1, 4)):
        new = "".join(rng.choices("123456789", k=rng.randint(1, min(3, len(cells)))))
        at = rng.randrange(len(cells))
        act = rng.choice(("add", "wrong", "cell", "swap", "drop", "drop cell", "again"))
        if act == "add":
            said.append(words(new))
            cells += new
        elif act == "wrong":
            said.append(f"{rng.choice(('à nhầm', 'nhầm', 'à lộn', 'à quên'))} {', '.join(words(new).split())}")
            cells = cells[:-1] + new  # the first replaces one, and what comes behind a pause goes on
        elif act == "cell" and at + 1 < len(ORDINALS):
            said.append(
                f"{rng.choice(('', 'sửa '))}số thứ {ORDINALS[at]} {rng.choice(('là', 'thành'))} {words(new[0])}"
            )
            cells = cells[:at] + new[0] + cells[at + 1 :]
        elif act == "swap" and cells.count(cells[at]) == 1:
            said.append(f"không phải {words(cells[at])} mà là {words(new[0])}")
            cells = cells[:at] + new[0] + cells[at + 1 :]
        elif act == "drop" and len(cells) > 2:
            said.append(f"xóa {rng.choice(('số cuối', 'số cuối cùng'))}")
            cells = cells[:-1]
        elif act == "drop cell" and len(cells) > 2 and at + 1 < len(ORDINALS):
            said.append(f"xóa số thứ {ORDINALS[at]}")
            cells = cells[:at] + cells[at + 1 :]
        elif act == "again":
            said.append(f"đọc lại từ đầu {words(new)}")
            cells = new
    return ", ".join(said), cells


def test_every_correction_does_what_it_does_to_a_list_of_cells() -> None:
    rng = random.Random(4)
    for _ in range(10_000):
        said, cells = a_call(rng)
        assert read(said).digits == cells, said


def test_in_pieces_the_same_stands_as_in_one() -> None:
    rng = random.Random(5)
    for _ in range(2000):
        said, cells = a_call(rng)
        first, *rest = said.split(", ")
        standing = evaluate(first).digits
        for piece in rest:
            standing = evaluate(piece, standing).digits
        assert standing == cells, said


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("một hai ba à nhầm bốn năm", ("145", "1245")),
        ("một hai à nhầm ba bốn năm", ("345", "1345")),
        ("một hai, à nhầm, ba bốn, năm", ("345", "1345")),
        ("một hai ba à nhầm hai mươi tư năm", ("245", "1245")),
        ("một hai à nhầm ba bốn à nhầm năm sáu", ("356", "56", "1356", "156", "1356")),
        ("một hai tám số cuối là chín", ("129", "1289")),
        ("một hai, mã số ba bốn", ("1234", "34")),
        ("có phải một hai không", ("120", "12")),
    ],
)
def test_every_reading_of_an_act_is_listed(text: str, readings: tuple[str, ...]) -> None:
    outcome = evaluate(text)
    assert outcome.status is Status.AMBIGUOUS
    assert set(outcome.readings) == set(readings)


def test_where_a_whole_number_stands_its_last_digit_is_put_right() -> None:
    assert evaluate("số cuối là chín", "128", whole=True).digits == "129"
    assert evaluate("hai số cuối là tám chín", "1234", whole=True).digits == "1289"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("một trăm linh hai à nhầm mười hai", "1 12 by the digits, 12 by the numeral"),
        ("không chín hai mươi ba à nhầm ba trăm bốn mươi lăm", "0 345, 09 345"),
        ("hai mươi à nhầm ba", "23, 30"),
        ("ba con tám à nhầm chín", "889, 999"),
        ("một hai, không, à nhầm bốn", "124 (the zero was wrong), or no: 14"),
        ("một hai, không, xóa số cuối", "12, or no: 1"),
        ("một hai không xóa số cuối", "12, or do not delete"),
        ("một hai à không ba", "1203, or no: 13"),
        ("một hai ba, không làm lại bốn năm", "45, or do not start again"),
        ("một hai ba bốn tám, số năm là chín", "1234859, or the fifth is 9"),
        ("một hai năm ba tám, sửa số năm thành chín", "the digit 5, or the fifth"),
        ("một hai ba, hai số đầu là chín", "the first two, or 2 and then the first"),
        ("mã mười số là không một hai", "ten digits, or 10"),
        ("mã số của ba là không một hai", "3 012, or my father's is 012"),
    ],
)
def test_two_readings_are_refused(text: str, readings: str) -> None:
    assert read(text).status is Status.AMBIGUOUS, readings


def test_the_unit_alone_is_corrected_by_its_own_word() -> None:
    assert read("hai mươi ba à nhầm tư").digits == "24"
    assert read("một trăm hai mươi ba, à nhầm, mốt").digits == "121"
    assert read("hai ba à nhầm tư").status is Status.INCOMPLETE  # "tư" needs a ten


def test_more_corrections_than_anyone_makes_are_refused_rather_than_followed() -> None:
    assert read("một hai " + "à nhầm ba " * 60).digits == "13"
    assert read("một hai " + "à nhầm ba " * 100).status is Status.AMBIGUOUS
