"""Whether a sentence holds a negation. Such a sentence never confirms anything. Pure.

It looks only at words, not at their meaning together. "không sai" and "đúng không" hold a negation, too: they are asked
again, which costs a caller a few seconds. A no that is taken for a yes would spoil the call.
"""

# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences
from __future__ import annotations

import re
import unicodedata

_NO = (
    "không chưa chẳng chả đâu chăng ko khong khg kg khum kô hok hk hem hổng hông hong hỏng hôn nỏ ứ"  # not
    " sai nhầm lầm lộn trật bậy lệch chệch ngược đảo lẫn lạc khác xạo"  # wrong
    " gần suýt xuýt xém hơi tạm nhưng tuy trừ chỉ mỗi nửa"  # nearly, but, only
    " thiếu thừa dư hụt sót mất thêm bớt"  # the number is too short or too long
    " đừng khỏi dừng ngừng ngưng khoan hủy huỷ bỏ xóa xoá sửa"  # do not, stop, change
    " gì mô chi sao răng hả hở ư"  # a question, or a question that means no: "đúng gì mà đúng"
    " đoán áng cỡ khoảng sơ vài cũng not"  # a guess, or not the whole: "cũng đúng"
    " đéo đếch đách méo cóc khỉ quái"
).split()

_ADDRESSED = "em anh chị cô chú bác cháu con ông bà bạn mình"
_PHRASES = [
    r"(?<!o )k",
    r"(?<!y )chang",  # chẳng; "y chang" is a yes
    r"(?<!xin )lỗi",
    rf"mà (?!(?:{_ADDRESSED.replace(' ', '|')}|ạ|nhé|nhỉ|nha|ơi|đúng rồi)\b)\w+",  # "đúng mà" alone insists
    r"(?:mới|nào có|thế nào) (?:là )?(?:đúng|phải|chính xác|chuẩn|được|ok)",  # "chín mới đúng"
    r"có điều",
    r"phải là",
    r"phải (?:cái|tội)",
    r"(?:đáng|lẽ) (?:lẽ|ra)",
    r"một (?:phần|số|nửa)",
    r"thì (?:đã|tốt|hay|may|mừng|quá)",  # "đúng thì tốt quá"
    r"chắc(?! (?:chắn|như bắp))",  # "chắc đúng" guesses
    r"(?:có thể|hình như|có vẻ|có lẽ|nghe như|dường như)",
    r"(?:đa|đại|phần|phân) (?:số|phần|lớn|nhiều)",
    r"hầu (?:hết|như)",
    r"(?:à|chứ|nhỉ|chớ|ta|phỏng|không ta|vậy ta)$",  # a question at the end: "đúng rồi à"
    r"số cũ|căn cước|chứng minh",  # another number
    r"của (?:vợ|chồng|mẹ|má|bố|ba|cha|con|ông|bà|người|nhà|công ty)",
    r"(?:phần|số|khúc|đoạn|mấy số) (?:trên|đầu|trước|cuối|sau|dưới|giữa)",
    r"số .*\bthôi",  # "đúng mấy số đầu thôi"
    r"(?:cặc|cac|lồn|buồi|dái|đít|cứt|đầu (?:mày|bò|buồi|gối)|(?:mẹ|bà|cha|ông nội) mày)",  # a curse
    r"(?:toi|tiêu|chết|hư|bể|gãy|thôi) (?:rồi|chết|xong)",
    r"trớt quớt|tào lao|bố láo|xàm|vớ vẩn|linh tinh|ba láp",
]

_NO_PLAIN = (
    "no cha lam khong chua ko khg kg khum hok hk hem hong hon"
    " sai nham lon trat lech nguoc khac xao gan suyt xuyt xem nhung tuy tru"
    " hoi tam thieu hut sot them bot khoi ngung xoa sua gi mo sao deo dech"
).split()
"""`_NO` without diacritics, except words that would then be everyday words of a yes (chị, mã, bố, dạ thưa, đủ)."""

_PHRASES_PLAIN = [
    r"(?<!o )k",
    r"(?<!y )chang",
    r"(?<!xin )(?<!tra )loi",
    r"(?<!tu )dau",
    r"(?<!tai )khoan",
    r"cha (?:he |co )?(?:dung|phai|chinh xac|chuan|duoc|ok)",
    r"(?:noi bay|bay roi|du mot|thua so|thua mot|bi thua|bi du)",
    r"(?:moi|nao co|the nao) (?:la )?(?:dung|phai|chinh xac|chuan|duoc|ok)",
    r"dung (?:ma|chi ma) (?!so\b)(?!em\b|anh\b|chi\b|co\b|chau\b)\w+",
    r"co dieu",
    r"phai la",
    r"(?:dang|le) (?:le|ra)",
    r"mot (?:nua|phan)",
    r"chi (?:dung|co|moi|con|mot)",
    r"(?:co the|hinh nhu|co ve|co le|duong nhu|doan|not|cung|vai so|so cu|can cuoc|rang (?:dung|phai|duoc))",
    r"chac(?! chan)",
    r"(?:da|dai) (?:so|phan)",
    r"phan lon|hau het",
    r"cua (?:vo|chong|me|ma|nguoi|cong ty)",
    r"so .*\bthoi",
    r"(?<!vang )(?<!da )(?:a|chu|cho|nhi|ta)$",  # "dung a" is "đúng ạ" or "đúng à": asked again
    r"(?:cac|lon|buoi|cut|khi|dau (?:may|bo|buoi|goi)|(?:me|ba|cha) may)",
    r"(?:toi|tieu|chet|hu|be|gay) (?:roi|xong)",
    r"trot quot|tao lao|bo lao|xam|vo van|linh tinh|ba lap",
]

_MISTYPED = "khong chua nham thieu nhung".split()
"""Negations that lost their diacritics in a text that has diacritics, where they can mean nothing else."""


def _pattern(*expressions: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(expressions)})\b")


_WITH_DIACRITICS = _pattern(*_NO, *_MISTYPED, *_PHRASES)
_WITHOUT_DIACRITICS = _pattern(*_NO_PLAIN, *_PHRASES_PLAIN)


def holds_negation(text: str) -> bool:
    """Whether any part of `text` negates, contradicts or doubts. The text has diacritics, or none at all."""
    text = unicodedata.normalize("NFC", text).lower()
    text = re.sub(r"([^\W\d])\1+", r"\1", text)  # "khônggg"
    text = " ".join(re.findall(r"\w+", text))
    pattern = _WITHOUT_DIACRITICS if text == fold(text) else _WITH_DIACRITICS
    return pattern.search(text) is not None


def fold(text: str) -> str:
    """The text without diacritics."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))
