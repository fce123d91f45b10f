"""The vocabulary: every word and phrase that the number language knows, each with the letter that stands for it.

A text is rewritten into a short string of these letters (`words.py`), and the grammar is written over them
(`grammar.py`): "hai mươi lăm, một trăm linh hai" becomes `2mE,1tl2`. A digit word is its own digit, so a number that
was said digit by digit is read as soon as it is rewritten.

Polite words and corrections are made of parts that can be combined freely ("nhé em", "cảm ơn cô", "ấy chết nhầm số"),
so they are combined here and not listed.
"""

from enum import Enum
from itertools import product


class Kind(Enum):
    """What a letter stands for; the value holds its letters."""

    # parts of numerals
    DIGIT = "0123456789"  # không … chín
    WRITTEN = "<"  # digits already written, as <0912>
    UNIT = "ADE"  # mốt, tư, lăm: 1, 4 and 5 after a ten
    TEN = "X"  # mười
    TENS = "m"  # mươi
    CHUC = "c"  # chục
    TWENTY = "BC"  # hăm, băm: contracted hai mươi, ba mươi
    LINH = "l"  # linh, lẻ: the empty tens
    HUNDRED = "t"  # trăm
    SCALE = "nry"  # nghìn, triệu, tỷ
    TIMES = "xw"  # con, lần: "ba con tám", "ba lần số tám"
    NUMBER = "s"  # số: "hai số không", "số tám"
    PLUS = "+"  # before the country code
    # between numerals
    PAUSE = ","  # punctuation, hesitations and particles
    FILLER = "~"  # polite words
    INTRO = "IJ"  # mã số, số bảo hiểm …: the number begins after it; số là …
    PERSON = "p"  # anh, chị …: "chị Ba" is a name
    IS = "="  # là
    QUESTION = "q"  # đúng không, được chưa: after a number a pause, before digits unknown
    WHETHER = "Q"  # có phải … (không)
    # acts of the caller
    WRONG = "W"  # à nhầm
    RESTART = "^"  # đọc lại từ đầu
    AGAIN = "Y"  # đọc lại: a restart where digits follow, else a wish
    END = "$"  # hết, xong
    NOT = "N"  # không phải … (mà là)
    RATHER = "R"  # (bảy) chứ không phải …
    EDIT = "e"  # sửa … (thành)
    INTO = "i"  # thành, mà là
    FROM = "f"  # (sửa) từ … (thành)
    BAD = "b"  # (số thứ năm) sai (phải là …)
    NTH = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫"  # số cuối, số thứ nhất … số thứ mười hai
    DROP = "d"  # xóa
    # what cannot be read
    UNSURE = "?SM"  # one spelling for two words; "xin lỗi": a correction or not; "muoi", until its neighbours decide
    NO = "o"  # à không: a zero or a "no"
    DONT = "-"  # đừng, không cần: what follows is not to be done
    OTHER = "u"  # parts of other numbers: rưỡi, phẩy, vạn
    UNKNOWN = "!"


KINDS: dict[str, Kind] = {letter: kind for kind in Kind for letter in kind.value}

PEOPLE = "em, anh, chị, cô, chú, bác, cháu, dì, cậu, thím, mợ, dượng, ông, bà, cụ, mẹ, má, bạn"
PARTICLES = "nhé, nhá, nha, nè, nghe, nghen, hen, hén, đó, đấy, hả, hở, nhỉ, với, đi, luôn, thôi"
ASKED = (
    "đúng, phải, được, rõ, nghe rõ, nghe được, có được, có rõ, có nghe rõ, biết, hiểu, nghe, chính xác, đủ, ghi được,"
    " thấy, ghi rồi, ghi kịp, kịp, ok"
)
WHETHER_OR_NOT = "không, chưa, hông, hổng, hôn, ko"
ALARMS = "à, ấy, ủa, ý, í, ối, ôi, ui, úi, á, ơ, chết, chết rồi, chết cha, thôi, thôi chết, ấy chết, trời, trời ơi"
SLIPS = (
    "nhầm, lộn, nhầm rồi, lộn rồi, nhầm mất, lộn mất, nhầm số, lộn số, đọc nhầm, đọc lộn, nói nhầm, nói lộn, tôi nhầm,"
    " em nhầm, tôi lộn, em lộn, tôi đọc nhầm, em đọc nhầm, tôi nói nhầm, em nói nhầm"
)
WRONG = "sai, sai rồi, sai số, trật, trật rồi"  # after one of ALARMS a slip; alone an answer
CELLS = "số thứ, chữ số thứ, con số thứ, số ở vị trí thứ, vị trí thứ"
ORDINALS = {
    **{"②": "hai, nhì", "③": "ba", "④": "tư, bốn", "⑤": "năm", "⑥": "sáu", "⑦": "bảy, bẩy", "⑧": "tám", "⑨": "chín"},
    **{"⑩": "mười", "⑪": "mười một", "⑫": "mười hai"},
}


def _pairs(first: str, second: str) -> str:
    """Each phrase of the first list before each of the second."""
    return ", ".join(map(" ".join, product(first.split(", "), second.split(", "))))


VOCABULARY: dict[str, str] = {  # letter: words and phrases
    "0": "không",
    "1": "một",
    "2": "hai",
    "3": "ba",
    "4": "bốn",
    "5": "năm",
    "6": "sáu",
    "7": "bảy, bẩy",
    "8": "tám",
    "9": "chín",
    "A": "mốt",
    "D": "tư",
    "E": "lăm, nhăm",
    "X": "mười",
    "m": "mươi",
    "c": "chục",
    "B": "hăm",
    "C": "băm",
    "l": "linh, lẻ",
    "t": "trăm",
    "n": "nghìn, ngàn",
    "r": "triệu",
    "y": "tỷ, tỉ",
    "x": "con, con số",
    "w": "lần",
    "s": "số, chữ số",
    "+": "cộng, dấu cộng",
    ",": ", ".join(
        (
            "à, ờ, ơ, ừ, ừm, ờm, ùm, um, hừm, ấy, ạ, dạ, vâng, dạ vâng, đây, này, ơi, tiếp, rồi tiếp, tiếp nhé",
            "tiếp đi, tiếp nữa, nhé con, nha con, nghe con, nghen con, đó con, đấy con, nè con, con nhé, con nha",
            "con nghe, con nghen, con ơi",
            PARTICLES,
            _pairs(f"{PARTICLES}, ạ", PEOPLE),
            _pairs(PEOPLE, f"{PARTICLES}, ơi, à, ạ"),
        )
    ),
    "~": ", ".join(
        (
            _pairs(_pairs("cảm ơn, cám ơn", PEOPLE), "nhiều, rất nhiều, nhiều nhé, nhiều nha"),
            "của, tôi, mình, tớ, của con, của ba tôi, của ba em, của ba mình, của ba cháu, vợ, chồng, vợ chồng",
            "bố, con gái, con trai, của con gái, của con trai, con dâu, con rể, nội, ngoại, bà xã, ông xã",
            "anh trai, chị gái, em gái, em trai, thì, giúp, giùm, hộ, nào, xem, thưa, alo, a lô, bắt đầu",
            "bắt đầu nhé, xin, đọc, con đọc, nói, ghi, cho, để, rồi, rồi đến, tiếp theo, tiếp theo là, kế tiếp",
            "số tiếp theo, số kế tiếp, như sau, mới đúng, xã hội, y tế, chào, xin chào, làm ơn, phiền, cảm ơn",
            "cám ơn, cảm ơn nhiều, cám ơn nhiều, cảm ơn rất nhiều, cám ơn rất nhiều, cảm ơn con",
            "cám ơn con, cảm ơn ba, cám ơn ba, được rồi, đúng rồi, phải rồi, ok, okay, ô kê, kiểm tra, tra, hỏi",
            "nữa, còn lại, vậy, thế, ghi lại, chép lại, lần nữa, một lần nữa, và, sau đó, rồi tới, rứa, rứa đó",
            "đầu tiên là",
        )
    ),
    "p": PEOPLE,
    "I": (
        "mã số, mã, mã số bảo hiểm, mã số bảo hiểm xã hội, mã bảo hiểm, bảo hiểm, bảo hiểm xã hội, bảo hiểm y tế, bhxh,"
        " bhyt, căn cước, căn cước công dân, cccd, định danh, định danh cá nhân, điện thoại, số điện thoại,"
        " số bảo hiểm, số bảo hiểm xã hội, số bảo hiểm y tế, số căn cước, số căn cước công dân, số định danh, số thẻ,"
        " số thẻ bảo hiểm, số thẻ bảo hiểm y tế, số sổ bảo hiểm, số sổ bảo hiểm xã hội, sổ, sổ bảo hiểm,"
        " sổ bảo hiểm xã hội, thẻ, thẻ bảo hiểm, thẻ bảo hiểm y tế, mười số cuối, mười chữ số cuối, mười số sau,"
        " mười số cuối cùng, mười hai số cuối"
    ),
    "J": "số là, số đây là, số thì là, "
    + _pairs(
        f"số của tôi, số của tui, số của mình, {', '.join('số của ' + each for each in PEOPLE.split(', '))}", "là"
    ),
    "q": _pairs(ASKED, WHETHER_OR_NOT),
    "Q": "có phải, có phải là, có phải số, có đúng, có đúng là",
    "=": "là",
    "W": (
        "à quên, ủa quên, ấy quên, ý quên, í quên, ơ quên, á quên, à quên mất, nhầm xin lỗi, à nhầm xin lỗi,"
        " xin lỗi nhầm, xin lỗi à nhầm, xin lỗi tôi nhầm, xin lỗi em nhầm, xin lỗi tôi đọc nhầm, xin lỗi lộn,"
        " xin lỗi đọc nhầm, xin lỗi nhầm số, " + ", ".join((SLIPS, _pairs(ALARMS, f"{SLIPS}, {WRONG}")))
    ),
    "^": (
        "từ đầu, lại từ đầu, đọc lại từ đầu, nói lại từ đầu, làm lại từ đầu, bắt đầu lại, làm lại, nhập lại, xóa hết,"
        " xoá hết, xóa tất cả, xoá tất cả, xóa toàn bộ, xoá toàn bộ, bỏ hết"
    ),
    "Y": "đọc lại, nói lại, nhắc lại, đọc lại số, đọc lại mã, đọc lại mã số, đọc lại cả số",
    "$": "hết, hết rồi, là hết, xong, xong rồi, thế thôi, vậy thôi",
    "N": (
        "không phải, không phải là, không phải số, à không phải, à không phải là, à không phải số, ơ không phải,"
        " ấy không phải, ý không phải, không phải ý, hổng phải, hông phải, hổng phải là, hông phải là, à hổng phải,"
        " à hông phải"
    ),
    "R": (
        "chứ không phải, chứ không phải là, chứ không phải số, chứ không là, chớ không phải, mà không phải,"
        " mà không phải là, chứ hổng phải, chứ hông phải, chớ hổng phải, chớ hông phải"
    ),
    "e": "sửa, đổi, thay, chữa, sửa lại, đổi lại, chữa lại",
    "i": "thành, sang, bằng, mà, mà là, phải là, phải sửa thành, phải đổi thành, mới là",
    "f": "từ",
    "b": "sai, sai rồi, bị sai, nghe sai, đọc sai, bị nhầm, bị lộn",
    "⓪": "số cuối, số cuối cùng, số chót, số sau cùng, chữ số cuối, chữ số cuối cùng",
    "①": "số đầu, số đầu tiên, chữ số đầu, chữ số đầu tiên, " + _pairs(CELLS, "nhất"),
    **{letter: _pairs(CELLS, words) for letter, words in ORDINALS.items()},
    "d": "xóa, xoá, bỏ",
    "?": "của ba",  # "of three" or "of my father"
    "S": "xin lỗi",  # "một hai ba, xin lỗi, bốn": a correction or not
    "o": "à không, ơ không, ấy không, ý không",
    "-": "đừng, khỏi, chưa, không cần, không muốn, không được",
    "!": (  # not a zero
        "không đúng, không đúng rồi, không chính xác, không ok, không rõ, không nhớ, không biết, không có,"
        " không có đúng, không chắc, không thấy, không hiểu, không nghe, không nghe rõ, không phải rồi"
    ),
    "u": "vạn, rưỡi, rưởi, phẩy, chấm, phần, gạch, xuyệt, xẹt",
}
