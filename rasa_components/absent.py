"""Rasa served without TensorFlow, where the dialogue needs none.

Rasa's recipe imports every component that there is, and half of the libraries that are imported so belong to DIET and
TED, which this project does not use: 4 of 6 seconds, and two thirds of the memory. In their place stand modules whose
names may be imported, subclassed and written in annotations, which is all that happens to them when Rasa is imported.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

LEFT_OUT = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")

METADATA = "metadata.json"
"""In the archive of a trained model: what was trained, and what is used of it."""

WITHOUT = (
    "rasa.core.policies.ensemble.",
    "rasa.core.policies.rule_policy.",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.fallback_classifier.",
    "rasa.nlu.classifiers.logistic_regression_classifier.",
    "rasa.nlu.classifiers.regex_message_handler.",
    "rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer.",
    "rasa.nlu.featurizers.sparse_featurizer.regex_featurizer.",
    "rasa.nlu.tokenizers.whitespace_tokenizer.",
    "rasa_components.",
)
"""Components known to run without TensorFlow. A dialogue with any other gets the real one: what a component of
somebody else imports is not known here."""


class _Names(type):
    """Gives a class every attribute, and lets nobody make one of it."""

    def __getattr__(cls, name: str) -> _Names:
        if name.startswith("__"):  # what Python itself asks for
            raise AttributeError(name)
        return Absent

    def __call__(cls, *_: object, **__: object) -> Any:
        raise RuntimeError(
            f"{cls.__name__} needs TensorFlow, which was left out because the trained dialogue names no component that"
            " does; train it anew, or serve it with plain `rasa run`"
        )


class Absent(metaclass=_Names):
    """Stands for whatever is named in a module of LEFT_OUT."""


class _Module(ModuleType):
    def __getattr__(self, name: str) -> type[Absent]:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _Finder(MetaPathFinder, Loader):
    """Finds every module of LEFT_OUT, whether it is installed or not."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.split(".")[0] in LEFT_OUT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def leave_out(arguments: Sequence[str]) -> bool:
    """Leave TensorFlow out where these arguments of Rasa's command line serve a trained dialogue that needs none.

    To be called before anything of Rasa is imported. Whether it was left out."""
    model = served(arguments)
    if model is None or not all(name.startswith(WITHOUT) for name in components(model)):
        return False
    sys.meta_path.insert(0, _Finder())
    return True


def served(arguments: Sequence[str]) -> Path | None:
    """The model of `run --model FILE …`; None for all else, and with the API, which loads others."""
    if not arguments or arguments[0] != "run" or "--enable-api" in arguments or "--model" not in arguments[:-1]:
        return None
    return Path(arguments[arguments.index("--model") + 1])


def components(model: Path) -> Iterator[str]:
    """The classes that this trained model is served with, by module and name.

    Of what is no trained model one name that no class has: Rasa says what is wrong with it."""
    try:
        with tarfile.open(model) as archive:
            member = next(file for file in archive if Path(file.name) == Path(METADATA))
            content = archive.extractfile(member)
            schema = json.load(content)["predict_schema"] if content else {}
        yield from (node["uses"] for node in schema["nodes"].values())
    except (OSError, tarfile.TarError, StopIteration, ValueError, KeyError, TypeError, AttributeError):
        yield "?"
