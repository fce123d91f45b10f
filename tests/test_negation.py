"""What never confirms: every sentence that holds a negation. And what people say for yes, which must hold none."""

import unicodedata

import pytest

from rasa_components.negation import fold, holds_negation

NO = """
không
dạ không
không phải
không đúng
không chính xác
không đồng ý
không chuẩn
không đúng số đó
chưa
chưa đúng
dạ chưa đúng
chưa đúng số đó
chưa phải đâu em
chẳng đúng
chả đúng gì cả
đâu có đúng
đúng đâu
đúng đâu mà đúng
có đúng đâu
hổng phải
hông đúng
hong phải
hỏng đúng
đúng hông
đúng hôn
ko đúng
k đúng
khum đúng
nỏ phải
đúng mô mà đúng
đúng chi mà đúng
sai
sai rồi
sai một số
nhầm
nhầm rồi
lầm rồi
lộn rồi
trật
trật lất
trật rồi
bậy
nói bậy
gần đúng
gần đúng thôi
gần như đúng
suýt đúng
suýt thì đúng
xém đúng
đúng nhưng sai số cuối
đúng nhưng mà
chắc đúng
chắc là đúng rồi
chắc phải
cũng chắc đúng
có thể đúng
có thể là đúng
hình như đúng
tôi đoán đúng
đa phần đúng
đúng đa số
phần lớn đúng
đúng vài số
đúng một số
sơ sơ đúng
phải cỡ đó
cũng đúng
đúng à
đúng rồi à
vâng à
đúng rồi chứ
đúng đấy chứ
đúng rồi nhỉ
đúng rồi ta
răng đúng được
răng phải được
đúng mần răng được
đúng được thì đã
đúng thì tốt quá
đó là số cũ
số cũ đó em
đúng là số căn cước
đúng của vợ tôi
đúng phần trên
đúng mấy số đầu
đúng số cuối
not right
chac dung
co the dung
rang dung duoc
da phan dung
đúng rồi nhưng còn số cuối
đúng mà sai
đúng mà số cuối là chín
thiếu
thiếu một số
còn thiếu
thừa một số
dư một số
đúng hết trừ số cuối
chỉ đúng ba số đầu
đúng mấy số đầu thôi
đúng một nửa
đúng gì mà đúng
đúng sao được
chín mới đúng
số cuối phải là chín
đừng
khỏi
khỏi cần
đúng không
đúng không em
phải không
đúng chưa
đúng hả
không sai
không sai đâu
đúng rồi không phải đâu
sai đúng
đúng sai
số khác rồi
bị lỗi rồi
sửa số cuối
khoan đã
khônggg
Không, không phải!
KHÔNG ĐÚNG
đúng <unk> không
khong
khong phai
khong dung
chua dung
dung nhung sai so cuoi
gan dung
dau co dung
hong phai
ko dung
cha dung
nham roi
lon so roi
thieu mot so
khong đúng
chua đúng
chang dung
""".strip().splitlines()

YES = """
đúng
đúng rồi
đúng rồi đó
đúng rồi em
đúng rồi mà
đúng mà
đúng mà em
đúng đúng
đúng vậy
đúng số đó rồi
chắc chắn
chắc chắn đúng
đúng chắc chắn rồi em
đúng trăm phần trăm
đúng mã số của tôi rồi
đúng từ đầu đến cuối
dạ
dạ dạ
dạ phải
dạ đúng
dạ đúng rồi ạ
dạ thưa đúng
dạ thưa phải rồi
vâng
vâng ạ
vâng đúng rồi cháu
ừ
ừ đúng rồi đó
à đúng rồi
phải
phải rồi
chính xác
chuẩn
chuẩn rồi
chuẩn luôn
ok
o k
ok em
ô kê
được
được rồi
được rồi em ơi
rồi
đồng ý
có
có đúng rồi
một
số một
bấm một
nhất trí
y chang
xin lỗi đúng rồi
xin lỗi em đúng rồi
đúng rồi chị ơi
đúng rồi bố ạ
đúng rồi cảm ơn em
đúng <unk>
dung roi
da dung roi
da thua dung
dung roi chi oi
dung ma so cua toi
phai roi
vang a
duoc roi
ok em
da dung du so roi
chac chan dung
""".strip().splitlines()


@pytest.mark.parametrize("text", NO)
def test_a_sentence_that_holds_a_negation(text: str) -> None:
    assert holds_negation(text)


@pytest.mark.parametrize("text", YES)
def test_a_yes_holds_none(text: str) -> None:
    assert not holds_negation(text)


@pytest.mark.parametrize("yes", YES)
@pytest.mark.parametrize("no", ["không", "chưa", "sai", "nhầm", "đâu", "hổng", "nhưng", "gần"])
def test_a_yes_beside_it_changes_nothing(yes: str, no: str) -> None:
    assert holds_negation(f"{yes} {no}")
    assert holds_negation(f"{no} {yes}")


@pytest.mark.parametrize("text", [text for text in NO if fold(text) != text])
def test_the_way_letters_are_composed_changes_nothing(text: str) -> None:
    assert holds_negation(unicodedata.normalize("NFD", text))


def test_words_that_only_contain_a_negation_are_none() -> None:
    assert not holds_negation("đúng cơ")
    assert not holds_negation("dạ ok ạ")
    assert not holds_negation("saigon")
    assert not holds_negation("")


def test_folding_takes_every_diacritic() -> None:
    assert fold("Đúng rồi, không thừa chữ nào: ẵ ợ ỹ") == "Dung roi, khong thua chu nao: a o y"
