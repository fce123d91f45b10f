"""Replies to sound, and secrets that leave no trace."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from counting_voice import CountingVoice
from cryptography.fernet import Fernet

from bot.errors import VoicebotError
from bot.events import Pause, Prompt, SecretDigits
from bot.sealing import Purpose, Seal, SealBroken
from bot.settings import Settings
from tts import speech
from tts.clips import Clips
from tts.digits import PACES
from tts.recorded import MANIFEST, Recorded, open_recorded
from tts.speech import PROMPT_PAUSE, CallSpeech, open_speech
from vietnamese_numbers import DIGIT_WORDS, speak

NUMBER, PASSWORD = "7930164825", "83019275"
GREETING = "Xin chào, bấm phím 8."


@pytest.fixture
def seal() -> Seal:
    return Seal(Fernet.generate_key(), 600)


@pytest.fixture
def spoken(counting: CountingVoice, tmp_path: Path, seal: Seal) -> CallSpeech:
    return CallSpeech(Recorded({}), Clips(counting, tmp_path), Clips(counting, tmp_path), seal)


async def test_a_prompt_is_its_words_and_a_pause(spoken: CallSpeech, counting: CountingVoice) -> None:
    clip = await spoken.clip(Prompt(GREETING), 8000)
    assert counting.rendered == [("xin chào, bấm phím tám.", 8000)]
    assert not clip[-8 * PROMPT_PAUSE :].any()
    assert clip[: -8 * PROMPT_PAUSE].any()


def test_its_words_can_be_read_secrets_in_the_groups_in_which_they_are_spoken(spoken: CallSpeech, seal: Seal) -> None:
    assert spoken.words(Prompt(GREETING)) == GREETING
    assert spoken.words(Pause(1.0)) == ""
    of_call = seal.of_call("c")
    number = of_call.seal(NUMBER, Purpose.INSURANCE_NUMBER)
    assert spoken.words(SecretDigits(number, "number", "c")) == "793 016 4825"
    with pytest.raises(SealBroken):
        spoken.words(SecretDigits(number, "number", "another call"))


async def test_what_was_warmed_needs_no_voice(spoken: CallSpeech, counting: CountingVoice, seal: Seal) -> None:
    await spoken.warm([GREETING, "Tạm biệt."], 8000)
    assert sorted(words for words, _ in counting.rendered) == sorted(
        ["xin chào, bấm phím tám.", "tạm biệt.", *DIGIT_WORDS]
    )
    counting.failures = [VoicebotError("no voice any more")] * 9
    await spoken.clip(Prompt(GREETING), 8000)
    await spoken.clip(Prompt("Tạm biệt."), 8000)
    await spoken.clip(SecretDigits(seal.seal(NUMBER, Purpose.INSURANCE_NUMBER)), 8000)
    assert len(counting.rendered) == 12


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_a_pause_is_silence_of_its_length(spoken: CallSpeech, counting: CountingVoice, rate: int) -> None:
    clip = await spoken.clip(Pause(0.7), rate)
    assert (len(clip), clip.any(), counting.rendered) == (rate * 7 // 10, False, [])


async def test_a_prompt_that_holds_a_number_is_refused(spoken: CallSpeech, counting: CountingVoice) -> None:
    with pytest.raises(VoicebotError, match="digits in a row") as error:
        await spoken.clip(Prompt(f"mã số {NUMBER}"), 8000)
    assert NUMBER not in str(error.value)
    assert counting.rendered == []


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_a_secret_is_spoken_digit_by_digit(spoken: CallSpeech, seal: Seal, rate: int) -> None:
    sound = await spoken.clip(SecretDigits(seal.seal(PASSWORD, Purpose.PASSWORD), "password"), rate)
    word, pace = rate // 10, PACES["password"]
    assert len(sound) == 8 * word + (6 * pace.digit + pace.group) * rate // 1000


async def test_a_secret_of_another_purpose_too_old_or_forged_is_not_spoken(spoken: CallSpeech, seal: Seal) -> None:
    for segment in (
        SecretDigits(seal.seal(PASSWORD, Purpose.PASSWORD), "number"),
        SecretDigits(seal.seal(NUMBER, Purpose.INSURANCE_NUMBER), "password"),
        SecretDigits(NUMBER),
        SecretDigits(""),
    ):
        with pytest.raises(SealBroken) as error:
            await spoken.clip(segment, 8000)
        assert NUMBER not in str(error.value)


async def test_a_secret_that_is_no_number_is_not_repeated_in_the_error(spoken: CallSpeech, seal: Seal) -> None:
    with pytest.raises(VoicebotError, match="something else than digits") as error:
        await spoken.clip(SecretDigits(seal.seal("hunter2", Purpose.PASSWORD), "password"), 8000)
    assert "hunter" not in str(error.value)
    assert error.value.__context__ is None


async def test_a_secret_never_reaches_the_voice_a_file_or_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, seal: Seal
) -> None:
    """The real voice. What it is asked is recorded; every file that appears is searched, and none is left behind."""
    temp, clips, wanted, asked = tmp_path / "temp", tmp_path / "clips", [], []
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setattr(speech, "CLIPS", clips)
    exchange = speech.open_voice("vi", 165).__class__._ask
    monkeypatch.setattr("tts.espeak.Espeak._ask", lambda voice, text: asked.append(text) or exchange(voice, text))
    render = speech.open_voice("vi", 165).__class__._ask_twice
    monkeypatch.setattr("tts.espeak.Espeak._ask_twice", lambda voice, text: wanted.append(text) or render(voice, text))
    caplog.set_level("DEBUG")
    bot = open_speech(Settings(prompts=str(tmp_path)), seal)
    try:
        await bot.warm([GREETING], 8000)
        ready = sorted(clips.iterdir())
        sounds = [
            await bot.clip(SecretDigits(seal.seal(NUMBER, Purpose.INSURANCE_NUMBER)), 8000),
            await bot.clip(SecretDigits(seal.seal(PASSWORD, Purpose.PASSWORD), "password"), 8000),
        ]
    finally:
        await bot.close()
    assert all(4 < len(sound) / 8000 < 8 for sound in sounds)
    assert sorted(wanted) == sorted(["xin chào, bấm phím tám.", *DIGIT_WORDS])  # single digits, each once
    assert set(asked) == set(wanted)  # a worker that failed is asked the same again
    assert sorted(clips.iterdir()) == ready
    assert list(temp.iterdir()) == []
    traces = [
        caplog.text,
        *asked,
        *(str(file) for file in ready),
        *(file.read_bytes().decode("latin-1") for file in ready),
    ]
    for secret in (NUMBER, PASSWORD, speak(NUMBER), speak(PASSWORD)):
        assert not any(secret in trace for trace in traces)


def record(folder: Path, texts: list[str]) -> None:
    """A second of tone for each text, and the list of them."""
    tone = 0.1 * np.sin(np.arange(44100) / 20)
    for index, _ in enumerate(texts):
        soundfile.write(folder / f"{index}.flac", tone, 44100)
    lines = [f'"{text}" = "{index}.flac"' for index, text in enumerate(texts)]
    (folder / MANIFEST).write_text("\n".join(["[prompts]", *lines]), "utf-8")


@pytest.mark.parametrize(("count", "synthesised"), [(10, 0), (9, 10)])
async def test_recorded_digits_speak_secrets_when_all_ten_are_there(
    counting: CountingVoice, tmp_path: Path, seal: Seal, count: int, synthesised: int
) -> None:
    record(tmp_path, list(DIGIT_WORDS[:count]))
    clips = Clips(counting, tmp_path / "clips")
    bot = CallSpeech(open_recorded(tmp_path), clips, clips, seal)
    await bot.clip(SecretDigits(seal.seal(NUMBER, Purpose.INSURANCE_NUMBER)), 8000)
    assert len(counting.rendered) == synthesised


async def test_a_recorded_prompt_needs_no_voice_and_a_broken_one_is_synthesised(
    counting: CountingVoice, tmp_path: Path, seal: Seal
) -> None:
    record(tmp_path, [GREETING, "Tạm biệt."])
    (tmp_path / "1.flac").write_bytes(b"broken")
    clips = Clips(counting, tmp_path / "clips")
    bot = CallSpeech(open_recorded(tmp_path), clips, clips, seal)
    assert len(await bot.clip(Prompt(GREETING), 8000)) / 8000 == pytest.approx(1 + PROMPT_PAUSE / 1000, abs=0.05)
    assert counting.rendered == []
    assert len(await bot.clip(Prompt("Tạm biệt."), 8000)) > 0
    assert counting.rendered == [("tạm biệt.", 8000)]


def test_an_unknown_voice_is_refused_at_the_start(seal: Seal) -> None:
    with pytest.raises(VoicebotError, match="choose one of vi, "):
        open_speech(Settings(voice="klingon"), seal)


def test_it_is_known_which_words_a_synthesiser_speaks(spoken: CallSpeech, tmp_path: Path) -> None:
    segments = (Prompt(GREETING), SecretDigits("t"), Pause(1.0))
    assert [spoken.synthetic(segment, 8000) for segment in segments] == [True, True, False]
    names = {word: tmp_path / f"{number}.wav" for number, word in enumerate(DIGIT_WORDS)}
    names["xin chào bấm phím tám"] = tmp_path / "hello.wav"
    for path in names.values():
        soundfile.write(path, np.full(4000, 0.1), 8000)
    clips = (Clips(CountingVoice(), tmp_path), Clips(CountingVoice(), tmp_path))
    whole = CallSpeech(Recorded(names), *clips, Seal(Fernet.generate_key(), 600))
    assert [whole.synthetic(segment, 8000) for segment in segments] == [False, False, False]
    del names["bảy"]
    half = CallSpeech(Recorded(names), *clips, Seal(Fernet.generate_key(), 600))
    assert [half.synthetic(segment, 8000) for segment in segments] == [False, True, False]
