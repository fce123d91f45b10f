"""What sentences mean: those of data/nlu/, others that people say, and those that must mean nothing."""

import pytest
import yaml

from bot.dialogue.messages import NUMBER_WORD, hide_numbers
from bot.dialogue.phrases import Phrases
from bot.settings import ROOT


@pytest.fixture(scope="module")
def pipeline() -> dict[str, dict[str, float]]:
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    return {component["name"]: component for component in config["pipeline"]}


@pytest.fixture(scope="module")
def examples() -> dict[str, list[str]]:
    """Intent → examples, numbers replaced as bot/dialogue/number_extractor.py does."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        for item in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            texts = [line.removeprefix("- ") for line in item["examples"].splitlines()]
            found[item["intent"]] = [_plain(text) for text in texts if not text.startswith("/")]
    return {intent: texts for intent, texts in found.items() if texts}


def _plain(text: str) -> str:
    return hide_numbers(text, lambda *_: NUMBER_WORD, (10, 12))


def _meaning(phrases: Phrases, pipeline: dict[str, dict[str, float]], text: str) -> str | None:
    """As FallbackClassifier decides."""
    (intent, near), (_, next_near) = phrases.rank(_plain(text))[:2]
    fallback = pipeline["FallbackClassifier"]
    return intent if near >= fallback["threshold"] and near - next_near >= fallback["ambiguity_threshold"] else None


def test_every_example_means_its_own_intent(
    examples: dict[str, list[str]], pipeline: dict[str, dict[str, float]]
) -> None:
    phrases = Phrases(examples)
    wrong = [
        (text, intent)
        for intent in examples
        for text in examples[intent]
        if _meaning(phrases, pipeline, text) != intent
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("vâng đúng rồi ạ", "affirm"),
        ("ừ đúng rồi đó", "affirm"),
        ("chuẩn luôn", "affirm"),
        ("dung roi", "affirm"),
        ("không phải em ơi", "deny"),
        ("sai rồi em ơi", "deny"),
        ("không đúng đâu", "deny"),
        ("số này không phải của tôi", "deny"),
        ("khong phai", "deny"),
        ("không phải mã số là không một hai ba bốn năm sáu bảy tám chín", "deny"),
        ("tôi muốn xin cấp lại mật khẩu vssid", "ask_reset"),
        ("dạ em ơi chị muốn cấp lại mật khẩu của ứng dụng vssid", "ask_reset"),
        ("tôi bị mất mật khẩu ứng dụng", "ask_reset"),
        ("toi quen mat khau", "ask_reset"),
        ("CẤP LẠI MẬT KHẨU", "ask_reset"),
        ("cấp lại mật khẩu mã số chín chín không một hai ba bốn năm sáu bảy", "ask_reset"),
        ("mã số bảo hiểm của em là 0123456789 ạ", "give_number"),
        ("bốn lăm sáu bảy tám chín không một hai ba", "give_number"),
        ("cho gặp nhân viên tổng đài", "ask_operator"),
        ("tôi muốn gặp tổng đài viên ạ", "ask_operator"),
        ("nói lại được không", "ask_repeat"),
        ("anh nghe không rõ", "ask_repeat"),
        ("a lô a lô", "greet"),
    ],
)
def test_what_people_say(
    text: str, intent: str, examples: dict[str, list[str]], pipeline: dict[str, dict[str, float]]
) -> None:
    assert _meaning(Phrases(examples), pipeline, text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "hôm nay trời nóng quá không nhỉ",
        "con ơi tắt cái ti vi đi",
        "ở đâu bán bánh mì ngon",
        "lương hưu tháng này bao giờ có",
        "chờ một chút",
        "để tôi tìm cái thẻ đã",
        "năm nay là năm bao nhiêu",
        "tôi không nhớ mã số",
        "mật ong rừng",
        "đúng giờ cơm",
        "không có thẻ",
        "tiếng việt",
        "",
    ],
)
def test_what_the_bot_was_not_made_for_means_nothing(
    text: str, examples: dict[str, list[str]], pipeline: dict[str, dict[str, float]]
) -> None:
    assert _meaning(Phrases(examples), pipeline, text) in (None, "no_match")


def test_nearness_does_not_depend_on_the_order_of_intents(examples: dict[str, list[str]]) -> None:
    turned = dict(reversed(examples.items()))
    for text in ("đúng rồi", "không phải đâu", "cấp lại"):
        assert dict(Phrases(examples).rank(text)) == pytest.approx(dict(Phrases(turned).rank(text)))


def test_nothing_is_near_where_there_are_no_examples() -> None:
    assert Phrases({}).rank("đúng") == []
