"""Rasa trains no dialogue whose responses have a typo under `custom`."""

from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter

ROOT = Path(__file__).parents[2]


def importer(domain: Path) -> TrainingDataImporter:
    """As `rasa train` and `rasa data validate` make it."""
    return TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(domain), [])


def test_the_projects_own_domain_can_be_trained() -> None:
    assert importer(ROOT / "domain.yml").get_domain().responses


def test_a_typo_is_one_line_with_file_and_response(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text((ROOT / "domain.yml").read_text("utf-8").replace("kind: yesno", "kind: yesnot"), "utf-8")
    with pytest.raises(RasaException, match=r"domain.yml: response utter_\w+, variation 1: custom.expect.kind") as told:
        importer(domain).get_domain()
    assert "\n" not in str(told.value)
