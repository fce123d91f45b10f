"""mười or mươi: they differ only in tone, which is hard to hear over a telephone. "bảy mươi chín mươi hai" is 70 92, or
79 12 said without a pause.

A word that nobody says in its place is corrected: "không mươi" is 0 and mười. Elsewhere both are kept, each with a
probability; if they give different numbers of digits, the length of the number tells them apart.
"""

from vietnamese_numbers.speaking import DIGIT_WORDS

SAME_COUNT = 1.0
"""The likelihood of the other word, relative to the heard one, if a ten comes before: 70 92 and 79 12 have the same
number of digits, and both are equally frequent."""

PAIRS = 0.3
"""The same if the digit before ends a pair: in "không chín, mười hai" mười begins the next pair."""

ELSEWHERE = 0.05
"""The same elsewhere. People who read in pairs do not leave single digits between them."""

ODD = 0.35
"""Factor on the likelihood of a way for each single digit, or row with an odd number of digits, before a ten: 79 12 34
is likelier than 7 92 3 14."""

LEAST = 0.02
"""Less likely ways are dropped, as by `Certainty.near` for hypotheses."""

MOST = 16
"""Ways that are kept, the likeliest."""

_DIGITS = frozenset(DIGIT_WORDS) | {"bẩy"}
_UNITS = _DIGITS | {"mốt", "tư", "lăm", "nhăm"}
_OTHER = {"mươi": "mười", "mười": "mươi"}


def ways(text: str) -> list[tuple[str, float]]:
    """The texts that may have been said, with probabilities that add up to 1; the heard text is first, unless nobody
    says it."""
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
    """How many rows with an odd number of single digit words come before a ten."""
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
    """The likelihood of the other word after these words, relative to this one; None if this one is never said."""
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
    """The number of digits of the words, if they are said one by one or in pairs."""
    round_tens = sum(
        word in _OTHER and following not in _UNITS for word, following in zip(words, [*words[1:], ""], strict=True)
    )
    return sum(word in _UNITS or word == "mười" for word in words) + round_tens
