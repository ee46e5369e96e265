"""What the endpoints for clients have in common: not too often, a JSON answer, and an error as OAuth writes it.

https://www.rfc-editor.org/rfc/rfc6749#section-5.2
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from authlib.oauth2.base import OAuth2Error
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import request as oauth
from api.oauth.throttle import Throttle


def guarded(
    throttle: Throttle, answer: Callable[[HttpRequest], Awaitable[dict[str, Any]]], done: int = 200
) -> Callable[[HttpRequest], Awaitable[Response]]:
    """The endpoint that answers with this, which may raise OAuth2Error."""

    async def endpoint(http: HttpRequest) -> Response:
        if wait := await throttle.wait(http):
            return oauth.answer(429, {"error": "temporarily_unavailable"}, [("retry-after", str(wait))])
        try:
            return oauth.answer(done, await answer(http))
        except OAuth2Error as error:
            return oauth.refusal(error, http.headers.get("authorization"))

    return endpoint
