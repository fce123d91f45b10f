"""What somebody may do on the operator's page."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """viewer    looks: calls in progress, figures, single calls
    operator  and plays recordings, unlocks accounts, and takes calls out as CSV
    """

    VIEWER = "viewer"
    OPERATOR = "operator"
