"""Inputs of a collector, as its tests write them."""

from vietnamese_numbers import Collector

TEN = (10,)
BOTH = (10, 12)
TOLD = "(the bot says what stands)"
ECHO = "(the number is asked for after the key) "
ASKED = "(the bot asks for digit) "
BREATH = "(a breath)"
NINE = "không một hai ba bốn năm sáu bảy tám"


def after(*inputs: str, lengths: tuple[int, ...] = BOTH) -> Collector:
    """A collector after its inputs: a single character is a key, anything longer is a piece of speech."""
    collector = Collector(lengths)
    for item in inputs:
        if item == TOLD:
            collector.resume()
        elif item == BREATH:
            collector.breath()
        elif item.startswith(ECHO):
            collector.resume(echo=item.removeprefix(ECHO))
        elif item.startswith(ASKED):
            collector.ask(int(item.removeprefix(ASKED)))
        elif len(item) == 1:
            collector.press(item)
        else:
            collector.hear(item)
    return collector
