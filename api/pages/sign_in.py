"""The pages of signing in, confirming and signing out: Japanese first, English beside, without JavaScript.

https://www.rfc-editor.org/rfc/rfc9700#section-4.16
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from starlette.responses import FileResponse, HTMLResponse, Response

from api.pages import template
from api.pages.ways import Ways
from consent import scope
from consent.actor import Scope

_FOLDER = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

HEADERS = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}

_STATUS = {"": 200, "over": 200, "password": 401, "passkey": 401, "outside": 401, "wait": 429, "down": 503}
_STATUS |= {"unknown": 403, "factors": 403}

_ACTIONS = {
    "c": ("登録", "create"),
    "r": ("閲覧", "read"),
    "u": ("更新", "update"),
    "d": ("削除", "delete"),
    "s": ("検索", "search"),
}


def sign_in(
    csrf: str,
    query: str = "",
    *,
    ways: Ways,
    client: str = "",
    name: str = "",
    wrong: Literal["", "password", "passkey", "over", "wait", "outside", "unknown", "factors", "down"] = "",
    seconds: int = 0,
) -> Response:
    """`query` is the authorization request to go on with; `wrong` says what was, of which `wait` is so many seconds."""
    status = _STATUS[wrong]
    values = {"client": client, "name": name, "wrong": wrong, "minutes": -(-seconds // 60), "ways": ways}
    page = _page("sign_in.html", status, csrf=csrf, query=query, **values)
    if seconds:
        page.headers["retry-after"] = str(seconds)
    return page


def choose(
    csrf: str, query: str, name: str = "", found: Sequence[tuple[str, str, str]] = (), *, client: str
) -> Response:
    """Whom an app is to be opened for: those `found` by a name, each with reference, name and date of birth."""
    return _page("choose.html", 200, csrf=csrf, query=query, name=name, found=found, client=client)


def confirm(
    csrf: str, query: str, back: str, *, client: str, account: str, purpose: tuple[str, str], words: str, about: str
) -> Response:
    """What the client gets if the person agrees: the granted `words`, for a purpose in Japanese and in English.

    `about` is the person whom the app is opened for, empty where it is for none.

    `back` is the origin that the form may lead to.
    """
    response = _page(
        "authorize.html",
        200,
        csrf=csrf,
        query=query,
        client=client,
        account=account,
        purpose=purpose,
        about=about,
        scopes=[_described(one) for one in scope.parse(words)],
        identity="openid" in words.split(),
        offline="offline_access" in words.split(),
    )
    response.headers["content-security-policy"] = f"{_POLICY} {back}"
    return response


def second(csrf: str, pending: str, query: str, *, digits: bool, passkey: bool, wrong: bool = False) -> Response:
    """Asks for the digits of an authenticator app, or for a passkey, whichever the account has."""
    values = {"pending": pending, "query": query, "digits": digits, "passkey": passkey, "wrong": wrong}
    return _page("second.html", 401 if wrong else 200, csrf=csrf, **values)


def second_set_up(csrf: str, account: str, secret: str, address: str, *, digits: bool, wrong: bool) -> Response:
    """`secret` is in base32, `address` opens an authenticator app with it; `digits` asks for those of one before."""
    said = {"csrf": csrf, "account": account, "secret": secret, "address": address, "digits": digits, "wrong": wrong}
    return _page("second_set_up.html", 401 if wrong else 200, **said)


def second_done() -> Response:
    return _page("second_done.html", 200)


def signed_in(csrf: str, account: str, via: str) -> Response:
    """`via` names the provider of others at which the person has signed in, empty where that was here."""
    return _page("signed_in.html", 200, csrf=csrf, account=account, via=via)


def sign_out(csrf: str, account: str, via: str) -> Response:
    return _page("sign_out.html", 200, csrf=csrf, account=account, via=via)


def signed_out(everywhere: bool, via: str) -> Response:
    return _page("signed_out.html", 200, everywhere=everywhere, via=via)


def go_on(address: str, name: str) -> Response:
    """Leads to a provider of others. A redirection would not do: what a form leads to stays here, by our policy."""
    return _page("go_on.html", 200, address=address, name=name)


def refused(status: int, reason: str) -> Response:
    """For a request that must not be sent back to whoever it says it came from."""
    return _page("sign_in_refused.html", status, reason=reason)


def too_often(wait: int) -> Response:
    response = refused(429, f"too many requests: wait {wait} seconds")
    response.headers["retry-after"] = str(wait)
    return response


async def style(request: object) -> Response:
    return _static("tsunagu.css", "text/css")


async def script(request: object) -> Response:
    """The only one of the sign-in, for passkeys."""
    return _static("passkey.js", "text/javascript")


def _static(file: str, media_type: str) -> Response:
    headers = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}
    return FileResponse(_FOLDER / "static" / file, media_type=media_type, headers=headers)


def _described(one: Scope) -> dict[str, object]:
    chosen = [_ACTIONS[letter] for letter in scope.ACTIONS if letter in one.actions]
    return {
        "type": "" if one.type == "*" else one.type,
        "query": one.query,
        "about": one.level == "patient",
        "ja": "・".join(ja for ja, _ in chosen),
        "en": ", ".join(en for _, en in chosen),
    }


def _page(file: str, status: int, **values: object) -> Response:
    return HTMLResponse(template.rendered(file, values), status, headers=HEADERS)
