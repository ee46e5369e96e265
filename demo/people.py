"""Everybody who can be asked to act, each with their own client: officers at desks and agencies' systems.

docs/journey.md
"""

from __future__ import annotations

from demo.browser import Browser
from demo.client import Officer, SystemClient
from demo.credentials import Credentials
from demo.rest import Client

CARE = "CAREMGT"
CONFERENCE = "support-conference"
AUDIT = "audit-review"
EMERGENCY = "BTG"


class People:
    """Clients by name, purpose and scope, made at the first call and kept with their tokens."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        """`base` is the FHIR base of the server."""
        self.base = base
        self._credentials = credentials
        self._clients: dict[tuple[str, str, str], Client] = {}
        self._browsers: dict[str, Browser] = {}

    def anyone(self) -> Client:
        return self._clients.setdefault(("", "", ""), Client(self.base))

    def officer(self, name: str, purpose: str = CARE, scope: str = "user/*.cruds") -> Client:
        """The person with this sign-in name. Raises KeyError where the demo handed out no such sign-in."""
        if (name, purpose, scope) not in self._clients:
            given = self._credentials
            browser = self._browsers.setdefault(name, Browser(name, given.passwords[name]))
            self._clients[name, purpose, scope] = Officer(
                self.base, browser, client=given.client, redirect=given.redirect, purpose=purpose, scope=scope
            )
        return self._clients[name, purpose, scope]

    def system(self, name: str, purpose: str = CARE, scope: str = "system/*.cruds") -> Client:
        """The system with this client id. Raises KeyError where the demo registered no such client."""
        if (name, purpose, scope) not in self._clients:
            key = self._credentials.keys[name]
            self._clients[name, purpose, scope] = SystemClient(self.base, name, key, purpose=purpose, scope=scope)
        return self._clients[name, purpose, scope]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        for browser in self._browsers.values():
            browser.close()
