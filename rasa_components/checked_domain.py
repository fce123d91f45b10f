"""Reads a project as Rasa does, but refuses to train or validate one whose responses have a mistake under `custom`."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

from rasa_components.custom_fields import faults


class CheckedDomain(RasaFileImporter):
    """Named under `importers` in config.yml."""

    def get_domain(self) -> Domain:
        """As Rasa's own method. Raises RasaException with the first mistake: file, response and field."""
        domain = super().get_domain()
        for fault in faults(domain.responses, domain.intents):
            raise RasaException(f"{self._domain_path}: {fault}; correct it")
        return domain
