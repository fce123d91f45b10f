"""A model folder is found, checked before Vosk sees it, and completed with the graph that is asked for."""

import hashlib
import shutil
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.events import Grammar
from bot.hearing import models
from bot.hearing.catalogue import catalogue
from bot.hearing.models import SUMS, ModelError, find, inspect, try_out
from bot.hearing.openfst import MAGIC, fault


def fst(states: int = 3, arcs: int = 4, kind: str = "const") -> bytes:
    """An OpenFst file as far as its header and size go."""
    texts = b"".join(struct.pack("<i", len(text)) + text for text in (kind.encode(), b"standard"))
    header = struct.pack("<i", MAGIC) + texts + struct.pack("<iiQqqq", 2, 0, 0, 0, states, arcs)
    return header + bytes(states * 20 + arcs * 16)


def graph(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "HCLG.fst").write_bytes(fst())
    (folder / "words.txt").write_text("<eps> 0\nmột 1\n", "utf-8")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the bundled model; var/ is the test's own."""
    monkeypatch.setattr(models, "HOME", tmp_path / "checkout")
    folder = tmp_path / "checkout" / "numbers"
    (folder / "am").mkdir(parents=True)
    (folder / "am/final.mdl").write_bytes(bytes(5000))
    (folder / "conf").mkdir()
    (folder / "conf/model.conf").write_text("--beam=13\n")
    (folder / "conf/fbank.conf").write_text("--frame-length=32\n--sample-frequency=8000\n")
    graph(folder / "graph")
    graph(folder / "graphs/number")
    return folder


def sums(folder: Path) -> None:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder)}\n" for file in files]
    (folder / SUMS).write_text("".join(lines))


def test_a_sound_folder(model: Path) -> None:
    found = inspect(model)
    assert (found.path, found.rate, found.kind, found.checked) == (model, 8000, "vosk", False)
    assert dict(found.graphs) == {Grammar.NUMBER: model / "graphs/number"}


@pytest.mark.parametrize("config", [None, "--num-ceps=40\n"])
def test_a_model_that_does_not_say_its_rate_wants_16_khz(model: Path, config: str | None) -> None:
    (model / "conf/fbank.conf").unlink()
    if config:
        (model / "conf/mfcc.conf").write_text(config)
    assert inspect(model).rate == 16000


class TestWhatIsWrongIsSaidInOneLine:
    @pytest.mark.parametrize("file", ["am/final.mdl", "conf/model.conf", "graph/HCLG.fst", "graph/words.txt"])
    def test_missing(self, model: Path, file: str) -> None:
        (model / file).unlink()
        with pytest.raises(ModelError, match=r"missing|neither"):
            inspect(model)

    @pytest.mark.parametrize("file", ["am/final.mdl", "graph/HCLG.fst", "graphs/number/HCLG.fst"])
    @pytest.mark.parametrize("size", [0, 2, 40, 90])
    def test_cut_short(self, model: Path, file: str, size: int) -> None:
        (model / file).write_bytes((model / file).read_bytes()[:size])
        with pytest.raises(ModelError, match=r"cut short|no OpenFst file") as told:
            inspect(model)
        assert "\n" not in str(told.value)

    def test_no_graph_at_all(self, model: Path) -> None:
        (model / "graph/HCLG.fst").write_text("<html>not found</html>" * 10)
        with pytest.raises(ModelError, match="no OpenFst file"):
            inspect(model)

    def test_changed(self, model: Path) -> None:
        sums(model)
        assert inspect(model).checked
        (model / "conf/model.conf").write_text("--beam=1\n")
        with pytest.raises(ModelError, match=SUMS):
            inspect(model)

    def test_unknown(self, model: Path) -> None:
        with pytest.raises(VoicebotError, match="nonesuch: no such folder"):
            find("nonesuch")

    def test_known_and_not_fetched(self) -> None:
        absent = [entry for entry in catalogue().values() if not entry.folder.is_dir()]
        for entry in absent:
            with pytest.raises(ModelError, match=entry.name):
                find(entry.name)

    def test_not_loadable(self, model: Path) -> None:
        """Kaldi ends the process over this model: another process."""
        with pytest.raises(ModelError, match="loading it fails"):
            try_out(inspect(model), Grammar.ANY)


def test_a_model_is_found_by_folder_relative_to_the_checkout(model: Path) -> None:
    assert find("numbers").path == model


def test_a_graph_that_takes_grammars_needs_both_halves(model: Path) -> None:
    (model / "graph/HCLG.fst").unlink()
    (model / "graph/HCLr.fst").write_bytes(fst())
    with pytest.raises(ModelError, match=r"Gr\.fst"):
        inspect(model)
    (model / "graph/Gr.fst").write_bytes(fst())
    inspect(model)


class TestAssembling:
    def test_the_common_graph_needs_no_other_folder(self, model: Path) -> None:
        assert inspect(model).graph_folder(Grammar.ANY) == model
        assert inspect(model).graph_folder(Grammar.YESNO) == model

    def test_another_graph_takes_the_place_of_the_common_one(self, model: Path) -> None:
        (model / "graphs/number/words.txt").write_text("<eps> 0\nhai 1\n", "utf-8")
        folder = inspect(model).graph_folder(Grammar.NUMBER)
        assert folder != model
        assert (folder / "graph/words.txt").read_bytes() == (model / "graphs/number/words.txt").read_bytes()
        assert (folder / "am/final.mdl").read_bytes() == (model / "am/final.mdl").read_bytes()
        assert (folder / "conf/model.conf").exists()

    def test_it_is_copied_where_links_are_impossible(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError("a privilege is not held")

        monkeypatch.setattr(Path, "symlink_to", refuse)
        folder = inspect(model).graph_folder(Grammar.NUMBER)
        assert not (folder / "am").is_symlink()
        assert (folder / "graph/HCLG.fst").exists()

    def test_many_at_once_make_one(self, model: Path) -> None:
        found = inspect(model)
        with ThreadPoolExecutor(8) as pool:
            folders = list(pool.map(lambda _: found.graph_folder(Grammar.NUMBER), range(32)))
        assert len(set(folders)) == 1
        assert list(folders[0].parent.iterdir()) == [folders[0]]  # nothing half made is left

    def test_a_model_trained_anew_is_not_mixed_up_with_the_old_one(self, model: Path) -> None:
        before = inspect(model).graph_folder(Grammar.NUMBER)
        (model / "am/final.mdl").write_bytes(bytes(6000))
        assert inspect(model).graph_folder(Grammar.NUMBER) != before

    def test_a_file_in_the_way_is_told(self, model: Path) -> None:
        (model.parent / "var").write_text("in the way")
        with pytest.raises(VoicebotError, match="cannot prepare"):
            inspect(model).graph_folder(Grammar.NUMBER)


def test_the_catalogue_tells_all_that_fetching_needs() -> None:
    known = catalogue()
    assert {"vi-digits", "vosk-model-small-vn-0.4", "vosk-model-vn-0.4"} <= known.keys()
    for entry in known.values():
        assert entry.bundled or entry.url.endswith(f"/{entry.name}.zip")
        assert entry.rate in (8000, 16000)
        assert not entry.sha256 or len(entry.sha256) == 64


def test_a_real_graph_is_sound(tmp_path: Path) -> None:
    real = catalogue()["vi-digits"].folder / "graph/HCLG.fst"
    if not real.exists():
        pytest.skip("needs the bundled model: git checkout asr_models/vi-digits")
    assert fault(real) is None
    short = tmp_path / "HCLG.fst"
    shutil.copy(real, short)
    with short.open("r+b") as file:
        file.truncate(real.stat().st_size - 20)
    assert fault(short) == "cut short"
