"""The pages of passkeys: the only ones of signing in with a script, which is one, and served from here.

https://www.w3.org/TR/webauthn-3/#sctn-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

import orjson
from starlette.responses import HTMLResponse, Response

from api.pages import template
from api.pages.sign_in import HEADERS

_JAPAN = timezone(timedelta(hours=9))
_SCRIPTED = HEADERS | {"content-security-policy": f"{HEADERS['content-security-policy']}; script-src 'self'"}


def asked(csrf: str, challenge: str, options: Mapping[str, Any], query: str) -> Response:
    """Asks the browser to sign with a passkey, by these `options`."""
    return _page(
        "passkey.html", 200, _SCRIPTED, csrf=csrf, challenge=challenge, options=_json(options), query=query, name=""
    )


def making(csrf: str, challenge: str, options: Mapping[str, Any], name: str) -> Response:
    """Asks the browser to make a passkey, by these `options`; it is to be called `name`."""
    return _page(
        "passkey.html", 200, _SCRIPTED, csrf=csrf, challenge=challenge, options=_json(options), query="", name=name
    )


def own(
    csrf: str,
    account: str,
    kept: Sequence[tuple[str, str, int]],
    *,
    digits: bool,
    possible: bool,
    wrong: Literal["", "password", "passkey", "many"],
    done: bool,
) -> Response:
    """Those of an account, as id, name and Unix time; `digits` says whether some are asked for beside the password."""
    status = {"": 200, "password": 401, "passkey": 400, "many": 409}[wrong]
    shown = [(id, name, datetime.fromtimestamp(added, _JAPAN).date()) for id, name, added in kept]
    return _page(
        "passkeys.html",
        status,
        HEADERS,
        csrf=csrf,
        account=account,
        kept=shown,
        digits=digits,
        possible=possible,
        wrong=wrong,
        done=done,
    )


def _json(options: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(options)).decode()


def _page(file: str, status: int, headers: Mapping[str, str], **values: object) -> Response:
    return HTMLResponse(template.rendered(file, values), status, headers=dict(headers))
