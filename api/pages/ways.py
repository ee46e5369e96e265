"""What the sign-in page offers beside the password: where it works, and where the installation has it.

docs/oauth.md, "signing in"
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ways:
    """`provider` is the name of the provider of others, empty where there is none; `anew` forbids to go on there
    with a sign-in of before.
    """

    passkey: bool = False
    provider: str = ""
    anew: bool = False
