"""Whether what was given still stands: its grant, its client, the account of the person, a sign-in elsewhere.

A reset, a lock or a removal gives an account or client another mark or none, and with that everything under the old
one ends in every process. https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
"""

from __future__ import annotations

from dataclasses import dataclass

from api.oauth import accounts, clients, resting
from api.oauth.issuer import Issuer


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to whom, and under which marks. `subject` is that of a person, or the client's id; `rests` names
    the sign-in at a provider of others on which it rests, or is empty."""

    grant: str
    client: str
    subject: str
    client_mark: str
    account_mark: str
    rests: str = ""


class Standing:
    """Asks the vault at every use; what it read last is kept to be compared, so that nothing is parsed twice."""

    def __init__(self, issuer: Issuer, given: Given) -> None:
        self._issuer, self._given = issuer, given
        self._client: bytes | None = None
        self._account: bytes | None = None

    async def holds(self) -> bool:
        given = self._given
        revoked, client, account, *outside = await self._issuer.vault.look_at(
            self._issuer.revocation(given.grant),
            clients.place(given.client),
            accounts.place(given.subject),
            *resting.places(given.rests),
        )
        if revoked is not None or client is None or not resting.stands(given.rests, outside):
            return False
        if client != self._client and _mark(clients.read(client)) != given.client_mark:
            return False
        self._client = client
        if not given.subject.startswith(accounts.SUBJECT):
            return given.subject == given.client  # what an earlier release gave to a person rests on nothing
        if account is None or (account != self._account and _mark(accounts.read("", account)) != given.account_mark):
            return False
        self._account = account
        return True


def _mark(found: clients.Client | accounts.Account | None) -> str | None:
    return found.mark if found else None
