"""One passkey of an account: the public half of a key whose private half no server has seen.

https://www.w3.org/TR/webauthn-3/#public-key-credential-source
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passkey:
    """`id` and `credential` (its attested data: id and public key) are base64url; `name` is its owner's word for it.

    `added` is Unix time, `count` how often it has signed, as it said last; nought for one that does not count.
    """

    id: str
    credential: str
    name: str
    added: int
    count: int = 0
