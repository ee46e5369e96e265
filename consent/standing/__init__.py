"""Which records are evidence, and of what kinds: each kind in a file of its own, all of them on one screen.

docs/policy.md, "standing".
"""

from __future__ import annotations

from collections.abc import Mapping

from consent.standing import consent
from consent.standing.filing import Kind

BY_TYPE: Mapping[str, tuple[Kind, ...]] = {
    "Consent": (consent.KIND,),  # R3
}
