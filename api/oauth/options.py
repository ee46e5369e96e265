"""What an installation may turn on beside the rest: each is off until it is asked for, and listed only where it is on.

docs/settings.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Pushing = Literal["off", "on", "required"]


@dataclass(frozen=True, slots=True)
class Options:
    """`software_keys` are the JWK Set of those whose software statements are believed."""

    dpop: bool = False
    pushed: Pushing = "off"
    registration: bool = False
    software_keys: Mapping[str, Any] = field(default_factory=dict)
