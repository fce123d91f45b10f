"""espeak-ng's three Vietnamese dialects: the words that nobody recorded, and more voices for the rest."""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

import random
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import scipy.signal

from .corpora import Clip, cells
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


def _say(job: tuple[str, str]) -> np.ndarray:
    voice, text = job
    r = random.Random(zlib.crc32(f"{voice} {text}".encode()))
    command = ["espeak-ng", "-v", voice, "-s", str(r.randint(120, 200)), "-p", str(r.randint(25, 75)), "--stdout", text]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    x = scipy.signal.resample_poly(np.frombuffer(raw[44:], np.int16).astype(np.float32), 160, 441)
    return cells(x.astype(np.float32))


def speak(kept: Path, voices: int | None = None) -> list[Clip]:
    """Every phrase by every voice, or by so many of them; rendered once and kept in that file."""
    jobs = [(voice, p) for voice in [d + v for d in DIALECTS for v in VARIANTS][:voices] for p in PHRASES]
    if not kept.exists():
        with ThreadPoolExecutor(2) as pool:
            rendered = list(pool.map(_say, jobs))
        np.savez(kept, **{f"{voice}/{text}": x for (voice, text), x in zip(jobs, rendered, strict=True)})
    with np.load(kept) as sounds:
        return [Clip(f"{v}/{p}", "espeak", v, "train", p.split(), sounds[f"{v}/{p}"]) for v, p in jobs]
