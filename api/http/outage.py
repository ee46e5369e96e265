"""What pages and endpoints beside the FHIR API answer when the store cannot, or when the sender goes away.

https://www.rfc-editor.org/rfc/rfc6749#section-5.2; https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

_log = logging.getLogger("tsunagu.edge")
_HEADERS = {"retry-after": "2", "cache-control": "no-store"}
_SAID = "記録庫に接続できません。後でもう一度試してください / the store is unavailable, try again later"
_CUT = "本文が時間内に届きませんでした / the body did not come in time"


async def told(request: Request, fault: Exception) -> Response:
    """503: nothing was done, and it may be asked again."""
    _log.error("the store is unavailable: %s", fault)
    if request.url.path.startswith("/oauth/") and request.method == "POST":
        return JSONResponse({"error": "temporarily_unavailable"}, 503, headers=_HEADERS)
    return PlainTextResponse(_SAID, 503, headers=_HEADERS)


async def cut(request: Request, fault: Exception) -> Response:
    """408: the rest of the body never came. Where the sender has gone nobody reads it, and nothing is wrong here."""
    return PlainTextResponse(_CUT, 408, headers={"connection": "close"})
