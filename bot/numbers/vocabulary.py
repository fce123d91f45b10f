"""The vocabulary: every word and phrase that the number language knows, each with the letter that stands for it.

A text is rewritten into a short string of these letters (`words.py`), and the grammar is written over them
(`grammar.py`): "hai mươi lăm, một trăm linh hai" becomes `2mE,1tl2`. A digit word is its own digit, so a number that
was said digit by digit is read as soon as it is rewritten.
"""

from enum import Enum


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
    PAUSE = ","  # punctuation and hesitations
    FILLER = "~"  # polite and introducing words
    IS = "="  # là
    # acts of the caller
    WRONG = "W"  # à nhầm
    RESTART = "^"  # đọc lại từ đầu
    END = "$"  # hết, xong
    NOT = "N"  # không phải … (mà là)
    RATHER = "R"  # (bảy) chứ không phải …
    EDIT = "e"  # sửa … (thành)
    INTO = "i"  # thành, mà là
    NTH = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫"  # số cuối, số thứ nhất … số thứ mười hai
    DROP = "d"  # xóa
    # what cannot be read
    UNSURE = "?SM"  # two words in one spelling; "xin lỗi", a correction or not; "muoi", until its neighbours decide
    NO = "o"  # à không: a zero or a "no"
    DONT = "-"  # đừng, không cần: what follows is not to be done
    OTHER = "u"  # parts of other numbers: rưỡi, phẩy, vạn
    UNKNOWN = "!"


KINDS: dict[str, Kind] = {letter: kind for kind in Kind for letter in kind.value}

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
    ",": "à, ờ, ơ, ừ, ừm, ờm, ùm, um, hừm, ấy, ạ, dạ, vâng, dạ vâng",
    "~": (
        "mã số, mã, của, tôi, em, mình, cháu, của con, của ba tôi, của ba em, của ba mình, của ba cháu,"
        " thì, nhé, nha, nghen, đây, đi, giúp, giùm, thưa, alo, a lô, em ơi, bắt đầu,"
        " xin, đọc, cho, để, rồi, tiếp theo, số tiếp theo, bảo hiểm, bảo hiểm xã hội, xã hội, bhxh,"
        " căn cước, căn cước công dân, cccd, định danh, định danh cá nhân, điện thoại, số điện thoại, số bảo hiểm,"
        " số bảo hiểm xã hội, số căn cước, số căn cước công dân, số định danh, số thẻ"
    ),
    "=": "là",
    "W": (
        "nhầm, à nhầm, ấy nhầm, nhầm rồi, à nhầm rồi, đọc nhầm, nói nhầm, lộn, à lộn, lộn rồi, đọc lộn, nói lộn,"
        " à quên, nhầm xin lỗi, à nhầm xin lỗi, xin lỗi nhầm, xin lỗi à nhầm, xin lỗi tôi nhầm, xin lỗi tôi đọc nhầm"
    ),
    "^": (
        "từ đầu, lại từ đầu, đọc lại từ đầu, nói lại từ đầu, làm lại từ đầu, bắt đầu lại, làm lại, nhập lại, xóa hết,"
        " xoá hết, xóa tất cả, xoá tất cả, xóa toàn bộ, xoá toàn bộ, bỏ hết"
    ),
    "$": "hết, hết rồi, là hết, xong, xong rồi, thế thôi, vậy thôi",
    "N": (
        "không phải, không phải là, không phải số, à không phải, à không phải là, à không phải số, ơ không phải,"
        " ấy không phải, ý không phải"
    ),
    "R": "chứ không phải, chứ không phải là, chứ không phải số, mà không phải",
    "e": "sửa, đổi, thay, chữa, sửa lại, đổi lại, chữa lại",
    "i": "thành, bằng, mà, mà là, phải là",
    "⓪": "số cuối, số cuối cùng, chữ số cuối, chữ số cuối cùng",
    "①": "số đầu, số đầu tiên, chữ số đầu, chữ số đầu tiên, số thứ nhất, chữ số thứ nhất",
    "②": "số thứ hai, số thứ nhì, chữ số thứ hai",
    "③": "số thứ ba, chữ số thứ ba",
    "④": "số thứ tư, chữ số thứ tư",
    "⑤": "số thứ năm, chữ số thứ năm",
    "⑥": "số thứ sáu, chữ số thứ sáu",
    "⑦": "số thứ bảy, số thứ bẩy, chữ số thứ bảy",
    "⑧": "số thứ tám, chữ số thứ tám",
    "⑨": "số thứ chín, chữ số thứ chín",
    "⑩": "số thứ mười, chữ số thứ mười",
    "⑪": "số thứ mười một, chữ số thứ mười một",
    "⑫": "số thứ mười hai, chữ số thứ mười hai",
    "d": "xóa, xoá, bỏ",
    "?": "của ba",  # "of three" or "of my father"
    "S": "xin lỗi",  # "một hai ba, xin lỗi, bốn": a correction or not
    "o": "à không, ơ không, ấy không, ý không",
    "-": "đừng, khỏi, chưa, không cần, không muốn, không được",
    "u": "vạn, rưỡi, rưởi, phẩy, chấm, phần, gạch, xuyệt, xẹt",
}
