"""Signed Merkle roots: every so often the ends of all chains are tied together, under the digest of the root before.

docs/trail.md, "signed roots"; https://www.rfc-editor.org/rfc/rfc6962#section-2.1 (the tree)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from resources.store.trail import Head, Root, Trail
from resources.store.trail_signer import Signer


class Notary:
    """Signs for one process: a root names each chain whose end has moved since the last root this process signed."""

    def __init__(self, trail: Trail, signer: Signer) -> None:
        self._trail, self._signer = trail, signer
        self._told: dict[str, Head] = {}

    async def sign(self, at: datetime, archived: Sequence[Head] = (), digest: str = "", name: str = "") -> Root:
        """Add a root. `archived` are the last events in a file of this name and digest. Raises Unavailable."""
        self._signer.remembered()  # where that cannot be, nothing is signed that could not be remembered
        while True:
            last = await self._trail.last_root()
            if last is None:
                self._signer.remember(0)  # else one who is killed behind the first root seems to have lost the note
            # Read after the last root: so a root never tells of an earlier time than the one before it.
            heads = await self._trail.heads()
            moved = [head for head in heads if self._told.get(head.chain) != head]
            said = {
                "number": last.number + 1 if last else 1,
                "at": at.isoformat(timespec="milliseconds"),
                "before": digest_of(last),
                "root": merkle([leaf(head) for head in moved]).hex(),
                "heads": [_said(head) for head in moved],
            }
            if archived:
                said |= {"archived": [_said(head) for head in archived], "file": digest, "name": name}
            root = Root(int(str(said["number"])), self._signer.sign(said))
            if await self._trail.add_root(root):
                self._told = {head.chain: head for head in heads}
                self._signer.remember(root.number)
                return root


def digest_of(root: Root | None) -> str:
    """What the next root says of this one; empty before the first."""
    return sha256(root.statement.encode()).hexdigest() if root else ""


def heads(said: Sequence[Sequence[Any]]) -> list[Head]:
    """The heads that a statement names."""
    return [Head(str(chain), int(number), bytes.fromhex(hash)) for chain, number, hash in said]


def leaf(head: Head) -> bytes:
    """A leaf of the tree."""
    return sha256(b"\0" + f"{head.chain} {head.number} ".encode() + head.hash).digest()


def merkle(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over leaves in their order."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def _said(head: Head) -> list[Any]:
    return [head.chain, head.number, head.hash.hex()]
