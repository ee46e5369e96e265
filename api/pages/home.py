"""The front page, for a person who comes by: what this is, and where to look.

docs/tour.md
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.pages import sign_in, template
from profiles.spec import Spec
from resources.record import coding


class Home:
    """The fields of concern are the city's own; each leads to its desks, which anybody may ask for."""

    def __init__(self, spec: Spec) -> None:
        fields = spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")
        self._page = template.rendered("home.html", {"fields": fields})

    async def show(self, request: Request) -> Response:
        return HTMLResponse(self._page, headers=sign_in.HEADERS)
