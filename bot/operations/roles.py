"""What somebody may do on the operator's page."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """viewer    sees calls in progress, figures and single calls
    operator  also plays recordings, unlocks accounts, and exports calls as CSV
    """

    VIEWER = "viewer"
    OPERATOR = "operator"
