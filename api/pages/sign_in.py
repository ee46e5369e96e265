"""The pages of signing in, confirming and signing out: Japanese first, English beside, without JavaScript.

https://www.rfc-editor.org/rfc/rfc9700#section-4.16
"""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

from api.pages import template
from consent import scope
from consent.actor import Scope

_FOLDER = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

HEADERS = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

_ACTIONS = {
    "c": ("登録", "create"),
    "r": ("閲覧", "read"),
    "u": ("更新", "update"),
    "d": ("削除", "delete"),
    "s": ("検索", "search"),
}


def sign_in(
    csrf: str, query: str = "", *, client: str = "", name: str = "", wrong: str = "", minutes: int = 0
) -> Response:
    """`query` is the authorization request to go on with; `wrong` is `password`, `locked` (for `minutes`) or empty."""
    status = {"": 200, "password": 401, "locked": 429}[wrong]
    return _page("sign_in.html", status, csrf=csrf, query=query, client=client, name=name, wrong=wrong, minutes=minutes)


def confirm(
    csrf: str, query: str, back: str, *, client: str, account: str, purpose: tuple[str, str], words: str
) -> Response:
    """What the client gets if the person agrees: the granted `words`, for a purpose in Japanese and in English.

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
        scopes=[_described(one) for one in scope.parse(words)],
        identity="openid" in words.split(),
        offline="offline_access" in words.split(),
    )
    response.headers["content-security-policy"] = f"{_POLICY} {back}"
    return response


def signed_in(csrf: str, account: str) -> Response:
    return _page("signed_in.html", 200, csrf=csrf, account=account)


def sign_out(csrf: str, account: str) -> Response:
    return _page("sign_out.html", 200, csrf=csrf, account=account)


def signed_out() -> Response:
    return _page("signed_out.html", 200)


def refused(status: int, reason: str) -> Response:
    """For a request that must not be sent back to whoever it says it came from."""
    return _page("sign_in_refused.html", status, reason=reason)


def too_often(wait: int) -> Response:
    response = refused(429, f"too many requests: wait {wait} seconds")
    response.headers["retry-after"] = str(wait)
    return response


async def style(request: object) -> Response:
    return FileResponse(
        _FOLDER / "static" / "tsunagu.css", media_type="text/css", headers={"cache-control": "no-cache"}
    )


def _described(one: Scope) -> dict[str, object]:
    chosen = [_ACTIONS[letter] for letter in scope.ACTIONS if letter in one.actions]
    return {
        "type": "" if one.type == "*" else one.type,
        "ja": "・".join(ja for ja, _ in chosen),
        "en": ", ".join(en for _, en in chosen),
    }


def _page(file: str, status: int, **values: object) -> Response:
    return HTMLResponse(template.rendered(file, values), status, headers=HEADERS)
