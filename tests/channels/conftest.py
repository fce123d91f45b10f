"""Fixtures for channels."""

from collections.abc import Iterator

import pytest

from tests.channels.sound_server import SoundServer, serving


@pytest.fixture(scope="class")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """One for all tests of a class: starting it is what takes long."""
    with serving(tmp_path_factory.mktemp("sound")) as server:
        yield server
