"""Puts what `voicebot init` lays down (bot/project.py) into the wheel, from the root of the checkout.

Run by hatchling and by nothing else. An editable installation gets no copies: it works in the checkout, which has these
files. It can be made where some of them are missing, as in the gateway's image.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProjectFiles(BuildHookInterface):  # type: ignore[misc]  # hatchling is there while the wheel is built, not here
    """`project-files`: files and folders of the root."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel is built; `version` tells an editable one from a real one."""
        if version == "standard":
            names: list[str] = self.config["project-files"]
            build_data["force_include"] |= {name: f"bot/project_files/{name}" for name in names}
