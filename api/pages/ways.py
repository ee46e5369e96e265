"""What the sign-in page offers beside the password: where it works, and where the installation has it.

docs/oauth.md, "signing in"
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ways:
    passkey: bool = False
