"""espeak-ng's three Vietnamese dialects: the words that nobody recorded, more voices for the rest, and numbers dictated
in one breath, whose words run into each other as those of spliced strings do not. Sentences that are no numbers are
there so that fluent synthetic speech is not taken for digits."""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

import random
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import scipy.signal

from .corpora import Clip, cells
from .grammar import DIGITS
from .lexicon import RECORDED

DIALECTS = "vi vi-vn-x-central vi-vn-x-south".split()
VARIANTS = "+m1 +m2 +m3 +m4 +m5 +m6 +m7 +f1 +f2 +f3 +f4 +f5 +Andy +Annie +Denis +anika".split()
PHRASES = (
    RECORDED
    + "lẻ nhăm chục ngàn tỷ nhầm sai sửa số thứ thành xóa con hết xong dạ à ừ vâng phải ờ".split()
    + [
        "cấp lại mật khẩu", "quên mật khẩu", "lấy lại mật khẩu", "gặp tổng đài viên", "tổng đài viên",
        "gặp nhân viên", "đọc lại", "nghe lại", "trở lại", "tôi muốn cấp lại mật khẩu", "mã số của tôi là",
        "không phải", "chứ không phải", "mà là", "à nhầm", "từ đầu", "số cuối", "đúng rồi", "sai rồi",
        "chính xác", "không đúng", "nhầm rồi", "xin chào", "bảo hiểm xã hội", "cảm ơn", "a lô",
    ]
)  # fmt: skip
SENTENCES = [
    "chờ em một lát em tìm cái thẻ", "anh ơi nói to lên giùm em với", "ở đây ồn quá tôi không nghe được",
    "mẹ đang nấu cơm trong bếp", "chiều nay trời mưa to lắm", "cho con đi chơi với các bạn nhé",
    "để tôi hỏi lại vợ tôi xem sao", "xe buýt này có đi qua bệnh viện không", "cái này bao nhiêu tiền vậy chị",
    "nhớ mang theo giấy tờ khi đến cơ quan", "điện thoại của tôi sắp hết pin rồi", "mời cả nhà vào ăn cơm",
]  # fmt: skip
NUMBERS, LENGTH = 6, 10  # of each voice, and their digits
#: What many people say before a number and behind it.
BEFORE, BEHIND = ["", "", "dạ", "dạ vâng", "à", "ờ"], ["", "ạ"]


def dictated(voice: str) -> list[str]:
    """The numbers that a voice says, some of them politely or with hesitation."""
    r = random.Random(zlib.crc32(voice.encode()))
    said = [(r.choice(BEFORE), *r.choices(DIGITS, k=LENGTH), r.choice(BEHIND)) for _ in range(NUMBERS)]
    return [" ".join(filter(None, words)) for words in said]


def _say(job: tuple[str, str]) -> np.ndarray:
    voice, text = job
    r = random.Random(zlib.crc32(f"{voice} {text}".encode()))
    command = ["espeak-ng", "-v", voice, "-s", str(r.randint(120, 200)), "-p", str(r.randint(25, 75)), "--stdout", text]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    x = scipy.signal.resample_poly(np.frombuffer(raw[44:], np.int16).astype(np.float32), 160, 441)
    return cells(x.astype(np.float32))


def speak(kept: Path, voices: int | None = None) -> list[Clip]:
    """Every phrase, and its own numbers, by every voice, or by so many of them.

    They are rendered into the file `kept`, and again only after the texts have changed.
    """
    every = [d + v for d in DIALECTS for v in VARIANTS][:voices]
    jobs = [("espeak", v, text) for v in every for text in [*PHRASES, *SENTENCES]]
    jobs += [("espeak-numbers", v, text) for v in every for text in dictated(v)]
    names = [f"{v}/{text}" for _, v, text in jobs]
    if not _holds(kept, names):
        with ThreadPoolExecutor(2) as pool:
            rendered = list(pool.map(_say, [(v, text) for _, v, text in jobs]))
        np.savez(kept, **dict(zip(names, rendered, strict=True)))
    with np.load(kept) as sounds:
        return [
            Clip(name, corpus, v, "train", text.split(), sounds[name], synthetic=True)
            for name, (corpus, v, text) in zip(names, jobs, strict=True)
        ]


def _holds(kept: Path, names: list[str]) -> bool:
    if not kept.exists():
        return False
    with np.load(kept) as sounds:
        return set(sounds.files) == set(names)
