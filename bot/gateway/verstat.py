"""How to use the carrier's check of a calling number's signature (STIR/SHAKEN, RFC 8224). Pure.

    P-Asserted-Identity: "A name" <sip:+84912345678;verstat=TN-Validation-Passed@carrier.vn;user=phone>

`verstat` (3GPP TS 24.229) is `TN-Validation-Passed`, `TN-Validation-Failed` or `No-TN-Validation`; some carriers add
the level of attestation, `-A`, `-B` or `-C`. Only A says that the caller has the right to the number.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Literal

Policy = Literal["off", "prefer", "require"]
"""`off`: the check is ignored. `prefer`: a number that failed it counts as withheld. `require`: so does every number
that has not passed it."""

PASSED = ("TN-Validation-Passed", "TN-Validation-Passed-A")
UNCHECKED = (None, "No-TN-Validation")

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_VERSTAT = re.compile(r";\s*verstat=([^;@>,\s]*)", re.IGNORECASE)


def vouched_for(identity: str, policy: Policy) -> bool:
    """Whether the number in `identity` may be used. `identity`: the carrier's header as the exchange passes it on, in
    base64; empty if there is none."""
    if policy == "off":
        return True
    try:
        found = verstat(base64.b64decode(identity, validate=True).decode())
    except (binascii.Error, ValueError):
        return False
    return found in PASSED or (policy == "prefer" and found in UNCHECKED)


def verstat(header: str) -> str | None:
    """The `verstat` of the header's address; None if it has none. A name in quotes is the caller's own text and is
    ignored. If there are several different values, the check counts as failed."""
    values = set(_VERSTAT.findall(_QUOTED.sub("", header)))
    if len(values) > 1:
        return "several"
    return str(values.pop()) if values else None
