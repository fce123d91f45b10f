"""Where speech starts and ends, by count of blocks of 10 ms."""

import numpy as np
import pytest
from hearing_tools import blocks, joined, mixed, noise, silence, voice

from bot.events import Samples
from bot.hearing.endpoint import LONG_STALL, LONGEST, PAUSE, REACH, STALL, End, Endpointer, Start, levels

Edges = list[tuple[int, Start | End]]
"""With the block at which each was told."""


def edges(sound: Samples, words: list[str] | None = None, endpointer: Endpointer | None = None) -> Edges:
    """`words`: what the recogniser would say at each block; empty where the list ends."""
    endpointer = endpointer or Endpointer()
    found: Edges = []
    for at, level in enumerate(levels(blocks(sound))):
        if edge := endpointer.push(level, words[at] if words and at < len(words) else ""):
            found.append((at + 1, edge))
    return found


ROOM = -60.0
WORD = voice(0.3)


def in_room(sound: Samples, level: float = ROOM) -> Samples:
    return mixed(sound, noise(len(sound) / 8000 + 1, level))


def test_silence_is_no_speech() -> None:
    assert edges(silence(5)) == []


@pytest.mark.parametrize("level", [-70, -50, -40, -30])
def test_steady_noise_is_no_speech(level: float) -> None:
    assert edges(noise(20, level)) == []


def test_a_word_starts_where_it_starts_and_ends_where_it_ends() -> None:
    sound = in_room(joined(silence(1), WORD, silence(1)))
    [(told_start, start), (told_end, end)] = edges(sound)
    assert isinstance(start, Start)
    assert isinstance(end, End)
    assert abs(start.onset - 100) <= 1
    assert 60 <= (told_start - start.onset) * 10 <= 80  # ms
    assert abs(end.ended - 130) <= 2
    assert told_end - end.ended == PAUSE


class TestBreath:
    """Sound 25 dB under a voice that said words."""

    BREATH = voice(0.3, -45.0)

    @staticmethod
    def starts(pause: float, words: list[str]) -> int:
        sound = in_room(joined(silence(1), WORD, silence(pause), TestBreath.BREATH, silence(1)), -70.0)
        return sum(isinstance(edge, Start) for _, edge in edges(sound, words))

    def test_is_no_speech_after_words(self) -> None:
        assert self.starts(1, [""] * 120 + ["một"] * 40) == 1

    def test_may_be_speech_where_nothing_was_said_before(self) -> None:
        assert self.starts(1, []) == 2

    def test_may_be_the_caller_again_after_some_seconds(self) -> None:
        assert self.starts(4, [""] * 120 + ["một"] * 40) == 2

    def test_does_not_hide_where_the_speech_after_it_began(self) -> None:
        sound = in_room(joined(silence(1), WORD, silence(1), voice(0.15, -45.0), WORD, silence(1)), -70.0)
        _, _, (told, second), _ = edges(sound, [""] * 120 + ["một"] * 40)
        assert isinstance(second, Start)
        assert abs(second.onset - 230) <= 1
        assert told > 245


class TestASoftFirstWord:
    """Of a "không" in noise 50 ms stand out, then 0.2 s of it do not, then a word is loud."""

    @staticmethod
    def onset(*first: Samples) -> int:
        (_, start), _ = edges(in_room(joined(silence(1), *first, WORD, silence(1))))
        assert isinstance(start, Start)
        return start.onset

    @pytest.mark.parametrize("pause", [0.05, 0.15, 0.2])
    def test_belongs_to_the_piece(self, pause: float) -> None:
        assert abs(self.onset(voice(0.05), silence(pause)) - 100) <= 1

    def test_so_do_several_parts_of_it(self) -> None:
        assert abs(self.onset(voice(0.05), silence(0.08), voice(0.04), silence(0.08)) - 100) <= 1

    def test_what_a_piece_s_pause_parts_from_it_does_not(self) -> None:
        assert abs(self.onset(voice(0.05), silence(PAUSE / 100 + 0.02)) - 135) <= 1

    def test_it_does_not_reach_back_for_long(self) -> None:
        knocks = [part for _ in range(20) for part in (voice(0.04), silence(0.16))]
        (told, start), _ = edges(in_room(joined(silence(1), *knocks, WORD, silence(1))))
        assert isinstance(start, Start)
        assert told - start.onset <= REACH

    def test_does_not_count_where_length_tells_a_word_from_a_stranger_s_sentence(self) -> None:
        endpointer = Endpointer()
        endpointer.voices.over_prompt = True
        first = (voice(0.05), silence(0.2))
        edges(in_room(joined(silence(1), *first, voice(0.5), silence(1))), endpointer=endpointer)
        assert endpointer.plausible(1)

    def test_nor_into_the_piece_before(self) -> None:
        _, (_, end), (_, start), _ = edges(in_room(joined(silence(1), WORD, silence(0.29), WORD, silence(1))))
        assert isinstance(end, End)
        assert isinstance(start, Start)
        assert start.onset >= end.ended


def test_the_end_is_told_within_300_ms() -> None:
    [_, (told, _)] = edges(in_room(joined(silence(1), WORD, silence(1))))
    assert (told - 130) * 10 <= 300 + 10  # ms, and the block that is being heard


def test_a_stop_inside_a_word_does_not_split_it() -> None:
    assert len(edges(in_room(joined(silence(1), WORD, silence(0.15), WORD, silence(1))))) == 2


def test_a_pause_between_groups_does() -> None:
    assert len(edges(in_room(joined(silence(1), WORD, silence(0.4), WORD, silence(1))))) == 4


def test_a_click_is_no_speech_and_does_not_prolong_speech() -> None:
    click = voice(0.01, -6)
    assert edges(in_room(joined(silence(1), click, silence(1)))) == []
    [_, (told, _)] = edges(in_room(joined(silence(1), WORD, silence(0.1), click, silence(1))))
    assert told <= 130 + PAUSE + 3


@pytest.mark.parametrize("level", [-6, -20, -35, -45])
def test_loud_and_soft_voices_are_heard(level: float) -> None:
    sound = in_room(joined(silence(1), voice(0.5, level), silence(1)), level=level - 30)
    assert len(edges(sound)) == 2


def test_a_constant_offset_changes_nothing() -> None:
    sound = in_room(joined(silence(1), WORD, silence(1)))
    assert edges(mixed(sound, np.full(len(sound), 1500, np.int16))) == edges(sound)


def test_clipped_speech_is_heard() -> None:
    assert len(edges(in_room(joined(silence(1), voice(0.5, 6), silence(1))))) == 2


def test_a_call_that_begins_with_speech_is_heard_from_the_start() -> None:
    [(told, start), _] = edges(in_room(joined(voice(0.5), silence(1))))
    assert told <= 25
    assert isinstance(start, Start)
    assert start.onset <= 3


def test_speech_on_a_line_without_any_noise_is_heard() -> None:
    assert len(edges(joined(silence(1), voice(0.5, -45), silence(1)))) == 2


def test_noise_that_comes_back_after_a_muted_line_is_told_from_speech() -> None:
    sound = joined(noise(2, -45), silence(3), noise(5, -45), mixed(voice(0.5), noise(1, -45)), noise(1, -45))
    starts = [edge for _, edge in edges(sound) if isinstance(edge, Start)]
    assert len(starts) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_word_in_noise_10_db_under_it_is_found(seed: int) -> None:
    sound = mixed(joined(silence(2), voice(0.6, -20, seed), silence(1)), noise(5, -30, seed))
    [(_, start), (_, end)] = edges(sound)
    assert isinstance(start, Start)
    assert isinstance(end, End)
    assert 198 <= start.onset <= 203
    assert 257 <= end.ended <= 264


class TestNoiseThatRisesDuringSpeechAndStays:
    """A lorry stops beside the caller while the caller speaks."""

    SOUND = joined(
        noise(2, -60), mixed(voice(1, -20), noise(1, -35)), mixed(silence(6), noise(6, -32, seed=1)), noise(0.1, -60)
    )
    WORDS = [""] * 230 + ["một"] * 70 + ["một hai"] * 1000

    def test_unchanged_words_end_the_piece(self) -> None:
        [(_, _), (told, end)] = edges(self.SOUND, self.WORDS)
        assert isinstance(end, End)
        assert told == 301 + STALL
        assert 298 <= end.ended <= 303

    def test_the_noise_is_the_new_floor(self) -> None:
        endpointer = Endpointer()
        edges(self.SOUND[: 6 * 8000], self.WORDS, endpointer)
        assert endpointer.floor > -40
        assert not endpointer.speaking

    def test_without_words_it_is_found_out_too(self) -> None:
        [_, (told, end)] = edges(self.SOUND)
        assert isinstance(end, End)
        assert told < 700


def test_words_that_stand_for_long_end_the_piece_at_any_level() -> None:
    sound = joined(noise(1, -60), voice(6, -20))
    words = [""] * 130 + ["một"] * 1000
    told = [at for at, edge in edges(sound, words) if isinstance(edge, End)]
    assert told[0] == 131 + LONG_STALL


def test_a_slow_speaker_without_pauses_is_not_cut() -> None:
    sound = in_room(joined(silence(1), *(joined(voice(0.6, -20, n), voice(0.1, -32)) for n in range(10)), silence(1)))
    words = [" ".join(["một"] * max(0, (at - 100 - 40) // 70 + 1)) for at in range(len(sound) // 80)]
    assert len(edges(sound, words)) == 2


def test_a_piece_is_never_longer_than_15_s() -> None:
    sound = joined(noise(1, -60), *(voice(0.5, -20 - 6 * (n % 2)) for n in range(60)))
    words = [f"{at // 20}" for at in range(len(sound) // 80)]
    (_, start), (told, _) = edges(sound, words)[:2]
    assert isinstance(start, Start)
    assert told - start.onset == LONGEST


def test_forgetting_ends_the_piece_silently_and_keeps_the_floor() -> None:
    endpointer = Endpointer()
    edges(in_room(joined(silence(1), WORD)), endpointer=endpointer)
    floor = endpointer.floor
    assert endpointer.speaking
    endpointer.forget()
    assert not endpointer.speaking
    assert endpointer.floor == floor
    assert edges(in_room(silence(1)), endpointer=endpointer) == []


class TestALineThatIsSilentBetweenWords:
    """The sound of a telephone that sends nothing while nobody speaks: no room is heard between pieces."""

    LONG = joined(*[voice(0.25, -20.0), voice(0.25, -34.0)] * 6)
    WORDS = tuple(str(at // 25) for at in range(500))  # they change as long as somebody speaks

    def piece(self, endpointer: Endpointer) -> None:
        edges(joined(self.LONG, silence(2)), [*self.WORDS], endpointer)

    def test_many_pieces_do_not_make_a_soft_one_noise(self) -> None:
        endpointer = Endpointer()
        edges(silence(1), None, endpointer)
        floor = endpointer.floor
        for _ in range(12):
            self.piece(endpointer)
        assert endpointer.floor <= floor + 1.0
        assert sum(isinstance(edge, Start) for _, edge in edges(voice(0.2, -38.0), None, endpointer)) == 1

    def test_a_noise_that_is_heard_between_pieces_stays_known(self) -> None:
        endpointer = Endpointer()
        room = noise(3, -40.0)
        edges(room, None, endpointer)
        floor = endpointer.floor
        self.piece(endpointer)
        edges(room, None, endpointer)
        edges(silence(2), None, endpointer)
        assert abs(endpointer.floor - floor) < 2.0
