"""openid-client and oauth4webapi under Node, unchanged: codes, refresh, private_key_jwt, introspection, revocation.

https://github.com/panva/openid-client; https://github.com/panva/oauth4webapi
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import node_packages
from tests.unit.api.oauth.browser import CALLBACK, Browser

SCRIPT = Path(__file__).parent / "oauth_clients.mjs"

pytestmark = node_packages.needed


def test_two_clients_in_javascript_do_what_they_do_elsewhere(at: Any, browser: Browser) -> None:
    codes = []
    for _ in range(2):
        state, nonce = secrets.token_urlsafe(), secrets.token_urlsafe()
        page = browser.ask(state=state, nonce=nonce)
        if "password" in page.text:
            page = browser.http.get(browser.sign_in(page).headers["location"])
        url = f"{CALLBACK}?{urlencode(browser.answer(page))}"
        codes.append({"url": url, "verifier": browser.verifier, "state": state, "nonce": nonce})
    told = {
        "issuer": at.url,
        "redirect": CALLBACK,
        "app": "tsunagu-desk",
        "system": "health-center-system",
        "keys": {name: key.as_dict(private=True) for name, key in at.keys.items()},
        "codes": codes,
    }
    found = node_packages.run(SCRIPT, json.dumps(told))
    assert found == [["account:yorisoi", True, True, True, False]] * 2
