"""Whether the keys that a trail's roots were signed with are here: a new key beside old roots would hide a loss.

docs/trail.md, "signed roots"
"""

from __future__ import annotations

from pathlib import Path

from resources.store.fault import unavailable
from resources.store.port import Unavailable
from resources.store.trail import Trail
from resources.store.trail_signer import Signer


async def held(trail: Trail, folder: Path) -> Signer:
    """Who verifies with the keys of this folder; none are made. Raises Unavailable where there are roots but no key."""
    signer = Signer.standing(folder)
    if signer.empty and (roots := await trail.roots()):
        raise _lost(len(roots), folder)
    return signer


async def taken(trail: Trail, folder: Path) -> Signer:
    """Who signs from now on; the first keys are made. Raises Unavailable where the last root's key is not here."""
    signer = await could_sign(trail, folder)
    return Signer.load(folder) if signer.empty else signer


async def could_sign(trail: Trail, folder: Path) -> Signer:
    """Who would sign from now on, `empty` where the first keys are still to be made. Raises Unavailable as `taken`."""
    signer = await held(trail, folder)
    last = await trail.last_root()
    if last is not None and signer.misses(last.statement):
        raise _lost(sum(signer.misses(root.statement) for root in await trail.roots()), folder)
    return signer


def _lost(roots: int, folder: Path) -> Unavailable:
    file = folder / Signer.FILE
    return unavailable(
        f"{roots} roots are signed with a key that is not here: restore `{file}`",
        f"署名された root {roots} 個の鍵がここにありません。`{file}` を復元してください",
    )
