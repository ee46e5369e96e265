"""Which account a person of another's provider signs in to: by issuer and subject, as an operator has registered it.

Never by an address or a name, which others give and change. https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
"""

from __future__ import annotations

import orjson

from api.oauth import accounts
from api.oauth.accounts import Account
from api.oauth.issuer import digest
from resources.store.port import Vault

_KIND = "oauth-linked"


async def link(vault: Vault, name: str, issuer: str, subject: str) -> bool:
    """From now on this subject signs in to the account; False where there is none, or the subject is another's.

    A subject that was linked to the account before is not any more, and everything of the account ends.
    """
    place = _place(issuer, subject)
    kept = accounts.folded(name)
    if not await free(vault, kept, issuer, subject):
        return False
    changed = await accounts.change(vault, kept, lambda fields: fields | {"linked": place, "mark": accounts.new_mark()})
    if changed is None:
        return False
    await vault.replace(_KIND, place, kept.encode())
    return True


async def free(vault: Vault, name: str, issuer: str, subject: str) -> bool:
    """Whether the subject signs in to no other account than this one."""
    holder = await vault.look(_KIND, _place(issuer, subject))
    return (
        holder is None
        or holder.decode() == accounts.folded(name)
        or not await _of(vault, holder.decode(), _place(issuer, subject))
    )


async def unlink(vault: Vault, name: str) -> bool:
    """No subject signs in to the account any more, and everything of it ends; False where there is no account."""
    changed = await accounts.change(vault, name, lambda fields: fields | {"linked": "", "mark": accounts.new_mark()})
    return changed is not None


async def account(vault: Vault, issuer: str, subject: str) -> Account | None:
    """The account of this subject, None where there is none or it is locked."""
    place = _place(issuer, subject)
    name = await vault.look(_KIND, place)
    if name is None or not await _of(vault, name.decode(), place):
        return None
    return await accounts.find(vault, name.decode())


async def _of(vault: Vault, name: str, place: str) -> bool:
    """Whether the account itself says so: one of this name may have come and gone since."""
    content = await vault.look(*accounts.place(f"{accounts.SUBJECT}{name}"))
    return content is not None and orjson.loads(content).get("linked") == place


def _place(issuer: str, subject: str) -> str:
    return digest(orjson.dumps([issuer, subject]).decode())
