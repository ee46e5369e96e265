"""Whether a record says that it is in use (R4's `active`): yes, no, or it cannot be told.

docs/policy.md, "three answers". Where nothing is said of it, it is in use; where it is only said to be unknown, that
cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def told(resource: Mapping[str, Any]) -> bool | None:
    """A permit needs True; what withholds holds unless it is False."""
    said = resource.get("active", None if "_active" in resource else True)
    return said if isinstance(said, bool) else None
