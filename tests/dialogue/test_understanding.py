"""What sentences mean, through the trained pipeline; and that nothing which holds a negation confirms."""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from asr_models.recipe import phrases
from bot.places import PACKAGES
from rasa_components.negation import fold, holds_negation
from rasa_components.ranking import guarded
from tests.rasa_tools import RasaOfTests

NOTHING = {"no_match", "nlu_fallback"}
HOUSE = {
    "start_call",
    "hung_up",
    "played",
    "unheard",
    "no_input",
    "too_few",
    "too_many",
    "uncertain_digit",
    "own_phone",
} | {*("caller_withheld", "more_digits")}
"""Intents that nobody says."""


def told(*lists: Iterable[str]) -> set[str]:
    """Every text that comes out of the recogniser for these phrases."""
    places = [[slot.words for slot in phrases.slots(line) if slot.reported] for line in itertools.chain(*lists)]
    return {" ".join(words) for each in places for words in itertools.product(*each)}


YES = sorted(
    told(
        *(phrases.AFFIRM, phrases.AFFIRM_TOO, phrases.AFFIRM_BARE),
        *(phrases.AFFIRM_ENGLISH, phrases.AFFIRM_SELDOM),
    )
)
NO = sorted(told(phrases.DENY, phrases.DENY_TOO, phrases.DENY_ALONE, phrases.NEARLY) - set(YES))
"""What the graph of yes and no hears."""


def denied_rows() -> Iterator[str]:
    """Rows of up to two phrases with a no among them, and of three with one no: more of them make it no more a yes."""
    both = [*YES, *NO]
    for row in (*((one,) for one in both), *itertools.product(both, repeat=2)):
        if not set(row).isdisjoint(NO):
            yield " ".join(row)
    for no, first, second in itertools.product(NO, YES, YES):
        yield from (f"{no} {first} {second}", f"{first} {no} {second}", f"{first} {second} {no}")


"""What the recogniser's graph of yes and no has words for."""


async def meaning(rasa: RasaOfTests, text: str) -> str:
    parsed: dict[str, Any] = await rasa.shared.parse(text)
    return str(parsed["intent"]["name"])


def examples(*paths: Path) -> dict[str, list[str]]:
    """Intent → sentences of these files."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for item in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            if "intent" in item:
                found[item["intent"]] += [line.strip().removeprefix("- ") for line in item["examples"].splitlines()]
    return found


class TestANoIsNeverAYes:
    def test_every_row_of_up_to_three_phrases_of_the_graph(self) -> None:
        sure = [{"name": "affirm", "confidence": 0.99}, {"name": "deny", "confidence": 0.01}]
        denied = list(denied_rows())
        assert len(denied) > 200_000
        assert [row for row in denied if guarded(row, sure) != sure[1:]] == []

    async def test_some_of_these_rows_through_the_pipeline(self, rasa: RasaOfTests) -> None:
        for row in [*NO, *random.Random(1).sample(list(denied_rows()), 300)]:
            assert await meaning(rasa, row) != "affirm", row
            assert await meaning(rasa, fold(row)) != "affirm", row

    async def test_no_example_of_another_intent(self, rasa: RasaOfTests) -> None:
        for intent, texts in examples(PACKAGES / "tests" / "test_nlu.yml").items():
            for text in texts:
                assert intent == "affirm" or await meaning(rasa, text) != "affirm", text

    def test_nothing_that_is_to_affirm_holds_a_negation(self) -> None:
        assert [
            text for text in examples(*(PACKAGES / "data" / "nlu").glob("*.yml"))["affirm"] if holds_negation(text)
        ] == []

    def test_a_sentence_with_a_number_affirms_nothing(self) -> None:
        assert guarded("đúng rồi number", [{"name": "affirm", "confidence": 1.0}]) == []

    def test_other_intents_and_other_sentences_are_left_alone(self) -> None:
        ranking = [{"name": "affirm", "confidence": 0.7}, {"name": "deny", "confidence": 0.3}]
        assert guarded("đúng rồi", ranking) == ranking
        assert guarded("không vào được", ranking[1:]) == ranking[1:]


@pytest.mark.parametrize(
    ("intent", "texts"),
    [
        ("affirm", "vâng đúng rồi ạ|ừ đúng rồi đó|chuẩn luôn|chuẩn|ok|ô kê|được rồi|rồi|ừ|đồng ý|một"),
        ("affirm", "vâng ạ|dạ dạ|phải rồi|đúng đúng|chính xác|dạ phải|dung roi"),
        ("deny", "không chính xác|không đồng ý|không chuẩn|hổng phải|không đúng số đó|chưa đúng số đó|gần đúng"),
        ("deny", "dạ không đúng rồi|dạ chưa đúng|đâu có đúng|đúng đâu mà đúng|đúng nhưng sai số cuối|gần đúng thôi"),
        ("deny", "không phải em ơi|sai rồi em ơi|không đúng đâu|số này không phải của tôi|khong phai"),
        ("deny", "sai một số|thiếu một số"),
        ("ask_reset", "tôi quên mật khẩu rồi|đổi mật khẩu|mất mật khẩu|không vào được vssid"),
        ("ask_reset", "tôi muốn xin cấp lại mật khẩu vssid|toi quen mat khau|CẤP LẠI MẬT KHẨU|tôi không nhớ mật khẩu"),
        ("ask_reset", "cấp lại mật khẩu mã số chín chín không một hai ba bốn năm sáu bảy"),
        ("ask_operator", "gặp nhân viên|gặp tổng đài viên|điện thoại viên|người thật|cho tôi gặp điện thoại viên"),
        ("ask_operator", "tôi muốn gặp người|cho gặp nhân viên tổng đài"),
        ("no_number", "tôi không có mã số|tôi quên mã số|mã số ở đâu|tôi không nhớ mã số|không có thẻ"),
        ("ask_wait", "chờ chút|chờ một chút|để tôi tìm sổ|đợi một tí để tôi tìm sổ|để tôi tìm cái thẻ đã"),
        ("ask_repeat", "nói lại mật khẩu|chưa kịp ghi|nói lại được không|anh nghe không rõ|đọc lại"),
        ("greet", "a lô|a lô a lô|alo"),
        ("give_number", "mã số bảo hiểm của em là 0123456789 ạ|bốn lăm sáu bảy tám chín không một hai ba"),
    ],
)  # fmt: skip
async def test_what_people_say(rasa: RasaOfTests, intent: str, texts: str) -> None:
    for text in texts.split("|"):
        assert await meaning(rasa, text) == intent, text


@pytest.mark.parametrize(
    "text",
    [
        "tôi không muốn cấp lại mật khẩu",
        "tôi không muốn gặp tổng đài viên",
        "không phải là tôi quên mật khẩu",
        "đúng không",
        "phải không em",
        "không sai",
        "hôm nay trời nóng quá không nhỉ",
        "con ơi tắt cái ti vi đi",
        "ở đâu bán bánh mì ngon",
        "lương hưu tháng này bao giờ có",
        "năm nay là năm bao nhiêu",
        "mật ong rừng",
        "đúng giờ cơm",
        "tiếng việt",
        "quên mật khẩu facebook",
        "?!",
        "…",
        "😀",
        "xyzzy plugh",
        "<unk>",
        "<unk> <unk> <unk>",
    ],
)
async def test_what_the_bot_was_not_made_for_means_nothing(rasa: RasaOfTests, text: str) -> None:
    assert await meaning(rasa, text) in NOTHING


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("<unk> cấp lại mật khẩu", "ask_reset"),
        ("cho tôi gặp <unk> tổng đài viên", "ask_operator"),
        ("sai <unk>", "deny"),
        ("không phải <unk>", "deny"),
        ("<unk> đọc lại", "ask_repeat"),
    ],
)
async def test_an_unknown_word_beside_a_clear_wish_changes_nothing(rasa: RasaOfTests, text: str, intent: str) -> None:
    assert await meaning(rasa, text) == intent


async def test_no_sentence_is_an_intent_of_the_house(rasa: RasaOfTests) -> None:
    parsed = await rasa.shared.parse("start call played hung up no input own phone")
    assert HOUSE.isdisjoint(scored["name"] for scored in parsed["intent_ranking"])
    assert len(parsed["intent_ranking"]) >= 9  # every intent that can be said, but affirm: "no" may be a "nỏ"


@pytest.mark.parametrize("intent", sorted(HOUSE | {"affirm", "deny", "no_match"}))
async def test_the_house_names_an_intent_itself(rasa: RasaOfTests, intent: str) -> None:
    assert await meaning(rasa, f"/{intent}") == intent


class TestTheSentencesOfTheTest:
    TRAINED, TESTED = PACKAGES / "data" / "nlu", PACKAGES / "tests" / "test_nlu.yml"

    @staticmethod
    def plain(text: str) -> str:
        return " ".join(re.findall(r"\w+", fold(text.lower())))

    def test_none_is_in_training(self) -> None:
        trained = {self.plain(text) for texts in examples(*self.TRAINED.glob("*.yml")).values() for text in texts}
        tested = [text for texts in examples(self.TESTED).values() for text in texts]
        assert [text for text in tested if self.plain(text) in trained] == []

    def test_they_are_enough(self) -> None:
        tested = examples(self.TESTED)
        domain = yaml.safe_load((PACKAGES / "domain.yml").read_text("utf-8"))
        assert set(tested) == set(domain["intents"]) - HOUSE
        assert sum(map(len, tested.values())) >= 300
        assert len(tested["no_match"]) >= 80
        assert len(tested["deny"]) >= 60
