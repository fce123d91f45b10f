"""Reads a project as Rasa does, and lets it train or validate none whose responses have a typo under `custom`."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

from rasa_components.custom_fields import faults


class CheckedDomain(RasaFileImporter):
    """Named under `importers` in config.yml."""

    def get_domain(self) -> Domain:
        """As Rasa's own. Raises RasaException with the first fault: file, response and field."""
        domain = super().get_domain()
        for fault in faults(domain.responses, domain.intents):
            raise RasaException(f"{self._domain_path}: {fault}; correct it")
        return domain
