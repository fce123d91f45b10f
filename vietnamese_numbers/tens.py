"""mười or mươi: one falls and one does not, and over a telephone that is little. "bảy mươi chín mươi hai" is 70 92, or
79 12 said without a pause.

What is never said is put right: "không mươi" is 0 and mười. Elsewhere both are kept with a share each; where their
counts differ, the length of the number tells them apart.
"""

from vietnamese_numbers.speaking import DIGIT_WORDS

SAME_COUNT = 1.0
"""How likely the other word is, as a share of the one that was heard, where a ten stands before: 70 92 and 79 12 are
equally many digits, and as many numbers have the one as the other."""

PAIRS = 0.3
"""The same where the digit before it ends a pair: "không chín, mười hai" begins the next one."""

ELSEWHERE = 0.05
"""The same elsewhere. People who read in pairs do not leave single digits between them."""

ODD = 0.35
"""How likely a way is for each single digit, or odd row of them, that stands before a ten, as a share of the same
without: 79 12 34 is likelier than 7 92 3 14."""

LEAST = 0.02
"""Less likely ways are not looked at; as `Certainty.near` of the hypotheses."""

MOST = 16
"""Ways that are looked at, the likeliest."""

_DIGITS = frozenset(DIGIT_WORDS) | {"bẩy"}
_UNITS = _DIGITS | {"mốt", "tư", "lăm", "nhăm"}
_OTHER = {"mươi": "mười", "mười": "mươi"}


def ways(text: str) -> list[tuple[str, float]]:
    """What a text may have been, with probabilities that add up to 1; the text as heard is first unless nobody says
    so."""
    if "mươi" not in text and "mười" not in text:
        return [(text, 1.0)]
    found: list[tuple[list[str], float]] = [([], 1.0)]
    for word in text.split():
        grown = []
        for words, share in found:
            other = _likely(words, word)
            if other is None:  # never said
                grown.append(([*words, _OTHER[word]], share))
                continue
            grown.append(([*words, word], share))
            if other:
                grown.append(([*words, _OTHER[word]], share * other))
        grown.sort(key=lambda way: -way[1])
        found = [way for way in grown[:MOST] if way[1] >= LEAST * grown[0][1]]
    found = [(words, share * ODD ** _odd_rows(words)) for words, share in found]
    found.sort(key=lambda way: -way[1])
    total = sum(share for _, share in found)
    return [(" ".join(words), share / total) for words, share in found]


def _odd_rows(words: list[str]) -> int:
    """How many odd rows of digits, each said by a word of its own, stand before a ten."""
    rows = single = at = 0
    padded = [*words, "", "", ""]
    while at < len(words):
        word, following = padded[at], padded[at + 1]
        if word == "mười" or (word in _DIGITS and following == "mươi"):
            rows, single = rows + single % 2, 0
            at += 1 if word == "mười" else 2
            at += padded[at] in _UNITS and padded[at + 1] != "mươi"
        else:
            single += word in _UNITS
            at += 1
    return rows


def _likely(before: list[str], word: str) -> float | None:
    """How likely the other word is after these, as a share of this one; None where this one is never said."""
    if word not in _OTHER or not before or before[-1] not in _DIGITS:
        return 0.0
    if before[-1] in ("không", "một"):
        return None if word == "mươi" else 0.0
    if word == "mười":
        return ELSEWHERE
    if before[-2:-1] and before[-2] in _OTHER:
        return SAME_COUNT
    return ELSEWHERE if _count(before) % 2 else PAIRS


def _count(words: list[str]) -> int:
    """The digits of the words, where they are said one by one or in pairs."""
    round_tens = sum(
        word in _OTHER and following not in _UNITS for word, following in zip(words, [*words[1:], ""], strict=True)
    )
    return sum(word in _UNITS or word == "mười" for word in words) + round_tens
