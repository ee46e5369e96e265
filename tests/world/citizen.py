"""Citizens who sign in by the web client for themselves: their accounts are put beside a running server's others."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from api.installation import CITIZENS
from api.oauth import accounts
from demo.browser import Browser
from demo.client import Officer
from demo.credentials import Credentials
from resources.store.open import opened

OWN = "PATRQT"
SCOPE = "user/*.rs user/Flag.c user/Patient.u"


def enrolled(folder: Path, base: str, credentials: Credentials, person: str) -> tuple[Officer, Browser]:
    """The client of a citizen who is this person by an account, and the browser in which they sign in."""
    name, password = f"citizen-{secrets.token_hex(6)}", secrets.token_urlsafe(12)

    async def enrol() -> None:
        store = opened(str(folder))
        await store.open()
        try:
            await accounts.enrol(store.vault, name, password, person)
        finally:
            await store.close()

    asyncio.run(enrol())
    browser = Browser(name, password)
    redirect = credentials.redirect
    return Officer(base, browser, client=CITIZENS, redirect=redirect, purpose=OWN, scope=SCOPE), browser
