"""What callers say in words, as lists. Graphs are built of them (`grammar`); data/nlu says what they mean.

One line is one phrase, or several at once:

    word     said, and among the words that come out
    (a|b)    one of these, among the words that come out
    <a|b>    one of these, heard and not told
    {a|b}    one of these or nothing, heard and not told

Words that change nothing are not told: texts that differ by them alone would share their probability. Nor are digits in
phrases that are no number ("chờ một chút").
"""

# ruff: noqa: E501 - a line is one phrase, however many ways there are to say it

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

#: Whom callers call the bot and themselves.
PRONOUNS = "tôi|tui|em|anh|chị|cô|chú|bác|cháu|con|ông|bà|mình"
_WHO = f"{{{PRONOUNS}}}"


class Slot(NamedTuple):
    """One place of a phrase. `words`: the alternatives; `optional`: or nothing; `told`: among the words that come out."""

    words: tuple[str, ...]
    optional: bool
    reported: bool


def slots(phrase: str) -> list[Slot]:
    """The places of a phrase, in order. Raises ValueError for a bracket that is not closed."""
    found = []
    for part in re.findall(r"\{[^}]*\}|<[^>]*>|\([^)]*\)|[^\s{}<>()]+|\S", phrase):
        bracket = part[0] if len(part) > 1 or not part.isalpha() else ""
        if part in "{}<>()":
            raise ValueError(f"a bracket is not closed: {phrase!r}")
        inner = part[1:-1] if bracket in ("{", "<", "(") else part
        found.append(Slot(tuple(inner.split("|")), bracket == "{", bracket not in ("{", "<")))
    return found


def sayings(phrase: str) -> list[str]:
    """Everything that a phrase may be."""
    choices = [[*slot.words, *([""] if slot.optional else [])] for slot in slots(phrase)]
    return [" ".join(filter(None, words)) for words in itertools.product(*choices)]


# ── yes and no ──

#: What most people say.
AFFIRM = [
    "đúng {đúng}", "đúng rồi {đúng rồi}", "vâng", "dạ", "dạ dạ", "dạ vâng", "vâng vâng", "ừ", "phải", "phải rồi",
    "chính xác",
]  # fmt: skip
#: What some people say; "một" is the key that the prompt names.
AFFIRM_TOO = [
    "chuẩn {rồi}", "(trùng khớp|hợp lệ) {rồi}", "được {rồi}", "đồng ý {rồi}", "rồi đúng rồi", "(đúng|chính xác) <một trăm phần trăm|trăm phần trăm|y chang|y xì|hoàn toàn|tuyệt đối|từng số>", "xác nhận", "nhất trí", "trúng {rồi}",
    "đúng <số đó|số đấy|số này|số ấy|mã số đó|thế|vậy|như vậy|như thế> {rồi}", "đúng <số|mã số> {bảo hiểm} của {tôi|em|anh|chị|cô|chú|bác|cháu|con} {rồi}",
    "chính xác rồi",
]  # fmt: skip
#: It sounds near to "không", and "trật" and "hỏng" near to it: heard, so that it is no "không", and asked about again.
AFFIRM_KHOP = ["khớp {rồi}"]
#: With nothing before it: any word before a "rồi" may be the one that counts ("trật rồi").
AFFIRM_BARE = ["rồi"]
#: Said in English, in ways that the sounds of Vietnamese only come near to.
AFFIRM_ENGLISH = ["ok {ok|rồi}"]
DENY = [
    "không", "không phải", "không đúng", "sai", "sai rồi", "nhầm rồi", "không chính xác",
    "chưa chính xác", "(không|chưa) đúng <lắm|hẳn|hết|đâu|rồi|mà>", "đâu có đúng",
]  # fmt: skip
_RIGHT = "đúng|phải|chính xác|chuẩn|khớp|trúng"
DENY_TOO = [
    "(chưa|chẳng|chả|hổng|hông|hỏng|hong|nỏ|đâu) {có} (đúng|phải|chính xác|chuẩn|khớp|trúng)",
    "không (chuẩn|khớp|trúng)",
    "không có (đúng|phải|chính xác)",
    "(không|chưa) được",
    "đâu (có|phải|đúng)",
    "đâu (có|phải) (đúng|phải|chính xác)",
    "(đúng|phải|có) đâu {có|mà|à} {đúng|phải}",
    "đúng (nhưng|nhưng mà|có điều)",
    "đúng (nhưng|mà|nhưng mà|có điều) (sai|nhầm|thiếu|chưa|lộn) {đúng|hết|phải}",
    "(sai|nhầm|lộn|trật|thiếu) {mất} <một|hai|ba|mấy|vài> <số|con số|chữ số> {rồi|cuối|đầu}",
    "(sai|nhầm|lộn|trật|thiếu) <số> {cuối|đầu|cuối cùng|đầu tiên} {rồi}",
    "(lộn|trật|lầm) <rồi|mất rồi>",
    "thiếu <rồi>",
    "chưa đủ",
    "(sai|nhầm) mất {rồi}",
    "(nghe|đọc|ghi|nói|hiểu) (sai|nhầm|lộn) {số} {rồi}",
    "<bị> (sai|nhầm|lộn) {một|hai|mấy} {số} {rồi}",
    "không phải <số đó|số này|số đấy|mã số đó|đâu|rồi>",
    "không phải <số|mã số> {bảo hiểm} của {tôi|em|anh|chị|cô|chú|bác|cháu|con}",
]
DENY_ALONE = ["nhầm", "lộn", "trật", "lầm", "thiếu", "chưa", "hông", "hổng", "chẳng", "chả"]
NEARLY = ["(gần|gần như|suýt|hơi|tạm|xém) đúng {thôi|rồi}"]
#: The keys that the prompt names, and a yes that is in many words.
AFFIRM_SELDOM, DENY_SELDOM = ["{phím|số|bấm|chọn|bấm phím|phím số|bấm số} một", "có"], ["{phím|số|bấm|chọn|bấm phím|phím số|bấm số} hai", "đúng mà"]  # fmt: skip

#: Yes and no where nothing else is asked.
ANSWERS = [*AFFIRM, *AFFIRM_TOO, *AFFIRM_BARE, *AFFIRM_ENGLISH, *DENY, *DENY_TOO, *DENY_ALONE, *NEARLY]

_SELF = "tôi|tui|em|anh|chị|cô|chú|bác|cháu|con"
#: Before a no, not told: what is wrong, and how sure one is. Before a yes these words would swallow a negation that sounds
#: like them ("trật rồi", "gần đúng"): a yes behind words that are not known is asked again.
DENIAL_OPENING = [
    f"<số|mã số|mã> {{bảo hiểm}} {{của}} {{{_SELF}}} {{này|đó|đấy|ấy|kia}} {{là}}", f"{{{_SELF}|máy}} <nghe|đọc|ghi|nói|thấy> {{số}}",
    "<hoàn toàn|rất|quá|hình như|như vậy|như thế|vậy|thế|vẫn|vẫn còn|cũng|tất cả|cả> {là}", "<ơ|ồ|ủa|ấy|chết|thôi|úi|ối>", f"<{_SELF}>",
]  # fmt: skip
#: Behind a yes or no alone, not told.
ANSWER_CLOSING = [
    "<luôn|hết|cả|vậy|thế|như vậy|như thế|á> {rồi}",
    f"{{là|với}} <số|mã số|mã|con số|dãy số> {{bảo hiểm}} {{của}} {{{_SELF}|đó|đấy|này|ấy|vừa rồi}} {{rồi}}",
]  # fmt: skip
#: Behind a no alone: "không đúng lắm", "sai ở đoạn cuối".
DENIAL_CLOSING = [
    "<lắm|quá|hẳn|hoàn toàn|tuyệt đối|đâu|bạn> {rồi}", "{ở} <chỗ|đoạn|khúc|phần|mấy số|số> <cuối|đầu|giữa|sau> {rồi}",
]  # fmt: skip

# ── wishes ──

#: Whom a caller asks for. What a person is called beyond that is not told: the wish is the same, and wordings that differ
#: would share its probability.
_STAFF = "tổng đài viên|nhân viên|điện thoại viên|tư vấn viên|giao dịch viên|cán bộ|tổng đài|bộ phận"
_STAFF_OF = (
    "tư vấn|hỗ trợ|trực|trực tổng đài|thật|thiệt|tổng đài|bảo hiểm|chăm sóc khách hàng|khách hàng|kỹ thuật|phụ trách"
)
_WHO_IS = "thật|thiệt|khác|nào|nào đó|tư vấn|trực|trực tổng đài|hỗ trợ|phụ trách|có thẩm quyền|việt|trả lời"
_TALK = "nói chuyện|nói chuyện trực tiếp|trao đổi|trao đổi trực tiếp|làm việc"
_WISHED = f"{{{PRONOUNS}}} {{muốn|cần|xin|xin được|làm ơn|vui lòng|đề nghị|yêu cầu}} {{cho}} {{{PRONOUNS}}}"
_LINE = "nối máy|chuyển máy|kết nối|chuyển"
OPERATOR = [
    *(
        f"{way} {{một|một anh|một chị|cô|anh|chị|bạn|em|mấy cô|mấy anh}} {whom}"
        for way, whom in (
            (f"{_WISHED} (gặp) {{trực tiếp}}", f"({_STAFF}) {{{_STAFF_OF}}}"), (f"{_WISHED} (gặp) {{trực tiếp}}", f"(người) {{{_WHO_IS}}}"),
            (f"{_WISHED} <{_TALK}> <với>", f"({_STAFF}) {{{_STAFF_OF}}}"), (f"{_WISHED} (nói chuyện) <với>", f"(người) {{{_WHO_IS}}}"),
            (f"{_WISHED} <{_LINE}> {{giúp|giùm}} {{{PRONOUNS}}} <với|tới|cho|sang|qua|đến|gặp>", f"({_STAFF}) {{{_STAFF_OF}}}"),
            (f"{{{PRONOUNS}}} <{_LINE}> <cho|giúp|giùm> <{PRONOUNS}> (gặp)", f"({_STAFF}) {{{_STAFF_OF}}}"),
        )
    ),
    f"{_WISHED} (gặp|nói chuyện với) (ai đó|lãnh đạo|quản lý|giám đốc|sếp|chăm sóc khách hàng)",
    f"(tổng đài viên|nhân viên|điện thoại viên|tư vấn viên) {{{_STAFF_OF}}}",
]  # fmt: skip
#: The same in few words, with less before it. They are cheaper where a number is asked for: short speech gains little
#: there by the ease of each sound.
OPERATOR_SHORT = [
    "(gặp) (người) {thật|thiệt}", "(gặp) (nhân viên|tổng đài viên|điện thoại viên|tư vấn viên|tổng đài)",
    f"{{cho|muốn|cần|cho {PRONOUNS.replace('|', '|cho ')}}} (gặp) (cán bộ) {{bảo hiểm}}",
]  # fmt: skip
#: Behind a wish, not told: "cho gặp nhân viên đi".
WISH_CLOSING = [f"<đi|với|giùm|giúp|hộ> {{{PRONOUNS}}} {{đi|với|ạ|nhé}}"]
#: The same without a name for whom.
CONNECT = [
    f"{_WISHED} (nối|chuyển) máy (cho|giúp|giùm) ({PRONOUNS}) {{đi|với}}",
    f"{_WISHED} (nối|chuyển) máy <đi|giúp|giùm|với|sang|qua|tới> {{đi|với}}",
]
WAIT = [
    f"{{em|cháu|chị|anh}} (chờ|đợi) {_WHO} {{một}} (chút|lát|tí|xíu|tẹo)", "(chờ|đợi) <tôi|em|anh|chị|cô|chú|bác|cháu|con> {đã|với|nhé}", "(chờ|đợi) <đã nhé|máy nhé|máy|chút xíu|đã>",
    "<một> chút {nhé|nha|xíu}", "khoan <đã|nhé>", "từ từ {đã|nhé}",
    f"{{chờ|đợi}} để <{PRONOUNS}> (tìm|lấy|xem|kiếm|mở|coi|kiểm tra) {{cái|quyển|lại}} {{sổ|thẻ|giấy|mã số|số|kính|điện thoại|bảo hiểm}}",
    f"{_WHO} đang (tìm|lấy|kiếm|mở) {{cái|lại}} {{sổ|thẻ|giấy|mã số|số}}",
]  # fmt: skip
REPEAT = [
    f"{{xin|làm ơn|cho}} {_WHO} (đọc|nghe|nói|nhắc|lặp) lại {{đi|giúp|với}} {{số|mã số|mật khẩu}} {{tôi|em|anh|chị|cô|chú|bác|cháu}}",
    f"{_WHO} (chưa|không) (nghe rõ|nghe kịp|nghe được|kịp ghi|kịp nghe|kịp chép)", f"{_WHO} chưa kịp (ghi|nghe|chép)",
]  # fmt: skip
_NUMBER = "mã số|số thẻ|số sổ|số bảo hiểm|mã số bảo hiểm|mã bảo hiểm"
NO_NUMBER = [
    f"{_WHO} (không có|chưa có|quên|quên mất|không nhớ|không biết|không thuộc|không tìm thấy|bị mất|làm mất) ({_NUMBER}|số|sổ|thẻ|thẻ bảo hiểm|sổ bảo hiểm) "
    "{bảo hiểm} {xã hội|y tế} {rồi|đâu|nào|là gì}",
    f"({_NUMBER}) {{bảo hiểm}} {{xã hội}} (ở đâu|là gì|là số nào|xem ở đâu|nằm ở đâu|tìm ở đâu|nào)",
    f"{{làm sao|xem|tìm|lấy}} ({_NUMBER}) {{bảo hiểm}} {{xã hội}} ở đâu", "(số nào|số gì|mã số gì)",
]  # fmt: skip
#: The same, where nothing but the number is asked for.
NOT_KNOWN = [f"{_WHO} (không nhớ|không biết|quên rồi|quên mất rồi|không có)"]
_APP = "{ứng dụng|tài khoản|phần mềm|bảo hiểm xã hội số|vi ét ét ai đi|vê ét ét ai đi|vi ét ai đi|vê ét ét i đê|vi ét ét i đi}"
RESET = [
    "(lấy|đặt|đổi|làm|tạo|xin|khôi phục) {lại} mật khẩu {mới|khác}", "(quên|mất|đổi|thay|không nhớ) mật khẩu {rồi|mất rồi}", "cấp lại mật khẩu {mới|khác}", "cấp mật khẩu <mới|khác>", "mật khẩu {mới}",
    "quên mất mật khẩu {rồi}",
    f"không (vào|mở|đăng nhập) được {_APP}", f"không (đăng nhập|vào|mở) {_APP} {{vào}} được", f"không đăng nhập {{vào}} {{được}} {_APP}",
]  # fmt: skip
#: Before a wish. One that is refused is told: "tôi không muốn cấp lại mật khẩu" is no wish.
WISHING = [
    f"{_WHO} {{muốn|cần|xin|nhờ|bị|làm ơn|cần xin|muốn xin|lỡ|hay bị}} {{cho tôi|cho em|cho cháu|giúp tôi|giúp em}} {{được}}"
]
REFUSING = [f"{_WHO} (không muốn|không cần|chưa muốn|chưa cần|đừng|khỏi)"]
GREETING = ["alo"]

# ── around all of that, heard and not told ──

_YOU = "em|anh|chị|cô|chú|bác|cháu|con"
#: Words of one syllable before an answer or a number, and longer ones.
OPENING_WORD = ["<dạ|vâng|ờ|à|ừ|ừm|thì|thưa>"]
OPENING = [
    "<dạ|ờ|à|ừ> <vâng|thưa|thì|đây>", f"{{dạ}} <thưa> <{_YOU}|ông|bà>", f"<{_YOU}> <ơi>", f"{{xin}} <chào> <{_YOU}>",
]  # fmt: skip
#: Words of one syllable behind an answer or a number, and longer ones.
CLOSING_WORD = [f"<ạ|nhé|nha|nhá|nè|đó|đấy|mà|nghe|nghen|{_YOU}>"]
CLOSING = [
    f"<ạ|nhé|nha|nhá|nè|đó|đấy|mà|nghe|nghen> <{_YOU}> {{ạ|ơi|nhé|nha}}", f"<{_YOU}> <ạ|ơi|nhé|nha>", "<đó|đấy> <ạ|nhé|nha>",
    f"{{dạ|xin}} <cảm ơn|cám ơn> {{{_YOU}}} {{nhé|nha|nhiều|ạ|nghe}}",
]  # fmt: skip
#: The same as the network hears it: "nhé cháu", "nhé bà". Nothing follows.
LIKE_DIGITS = ["<nhé|nha|nhá|nghe|đấy|đó|ạ> <sáu|ba>"]
#: Behind a number alone.
NUMBER_CLOSING = [
    f"<đúng|phải> <không|chưa|chứ> {{{_YOU}}} {{ạ|nhỉ|nhé}}", f"<vậy|thế> <thôi|đó|nhé> {{{_YOU}}}",
    f"<rồi|đây> <đó|đấy|nhé|nha|ạ> {{{_YOU}}}", f"<hết|xong> <rồi|nhé|nha> {{đó|đấy|ạ|nhé}} {{{_YOU}}}",
    "<là> <hết|xong> {rồi}", f"<được> <chưa|không> {{{_YOU}}}", f"{{{_YOU}}} <nghe|ghi> {{rõ|được|kịp}} <chưa|không> {{{_YOU}}}",
]  # fmt: skip
_ME = f"{_YOU}|tôi|tui|ông|bà|mình"
_OURS = f"{_ME}|vợ tôi|chồng tôi|mẹ tôi|bố tôi|con tôi|nhà tôi"
_KIND = "bảo hiểm|bảo hiểm xã hội|bảo hiểm y tế|xã hội|y tế"
_IS = "{là|đây|này|thì là|như sau} {ạ|nhé|nè|em}"
#: Before a number.
INTRODUCING = [
    f"<mã số|số sổ|số thẻ|mã thẻ|sổ số|thẻ số> {{{_KIND}}} {{của}} {{{_OURS}}} {_IS}", f"<mã|sổ|thẻ> <{_KIND}> {{của}} {{{_OURS}}} {_IS}",
    f"<số> <{_KIND}|căn cước|căn cước công dân|định danh|định danh cá nhân|điện thoại> {{của}} {{{_OURS}}} {_IS}",
    f"<mã|số|sổ|thẻ> {{của}} <{_OURS}> {_IS}", "<mã|số|sổ|thẻ> <là|đây|này> {ạ|nhé}", f"<của> <{_OURS}> {{là|đây|thì là}}",
    f"{{để}} {{{_ME}}} {{xin}} <đọc|nói> <số|mã số|nhé|nha|đây|này|luôn|lại nhé|lại số> {{nhé|nha|đây|này|luôn}} {{ạ|{_YOU}}}",
    f"{{{_YOU}}} <ghi|nghe> {{lại}} <giúp|hộ|cho|đi|nhé> {{{_ME}}} {{nhé|nha|đi}} {{số}}", "<đây> <là|rồi|nhé>",
]  # fmt: skip
#: The number begins behind these words, so they are told: digits before them were a name or a year ("tôi tên Năm, mã
#: số là …").
BEGINS_HERE = [
    f"(mã số|số bảo hiểm|số bảo hiểm xã hội|số thẻ|số sổ) {{{_KIND}}} {{của}} {{{_OURS}}} (là)",
]
#: Before a name, after which the number may be introduced.
NAMING = [
    f"{{{_ME}}} <tên> {{{_ME}}} <là>",
    f"<{_ME}> <là|tên>",
    f"{{{_ME}}} <tên là|họ tên|họ và tên|họ và tên là|sinh năm|sinh ngày>",
]
#: The two letters of a health card, by their names; digits follow. No card begins with a vowel.
LETTERS = [
    "<bê|bờ|xê|cê|cờ|dê|dờ|đê|giê|gờ|ghê|hát|hờ|ca|kờ|en nờ|nờ|em mờ|mờ|e lờ|lờ|pê|pờ|quy|cu|quờ|ét|ét sì|sờ|tê|tờ|vê|vờ|ích|ích xì|xờ>"
    " <a|bê|bờ|xê|cê|cờ|dê|dờ|đê|e|giê|gờ|hát|hờ|ca|kờ|en nờ|nờ|o|ô|ét|ét sì|sờ|vê|vờ|ích|ích xì|xờ|y|y dài|i dài|quy|cu>",
]  # fmt: skip
