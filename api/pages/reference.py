"""The reference that one can try out, made of the OpenAPI document; all of it comes from here, nothing from elsewhere.

https://github.com/swagger-api/swagger-ui; docs/api.md
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.pages import sign_in, template

_FOLDER = Path(__file__).parent
_VENDOR = "fastapi_offline"
"""The package that brings Swagger UI along; nothing of it is run but in the browser."""
_KINDS = {".js": "text/javascript", ".css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)


class Reference:
    """Made once; its files are read when first asked for."""

    def routes(self) -> list[Route]:
        return [Route("/docs", self.show), Route("/docs/{file}", self.file)]

    async def show(self, request: Request) -> Response:
        return HTMLResponse(self._page, headers={**sign_in.HEADERS, "content-security-policy": _POLICY})

    async def file(self, request: Request) -> Response:
        name = request.path_params["file"]
        if name not in self._files:
            return Response("", 404)
        kind = _KINDS[Path(name).suffix]
        headers = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=86400"}
        return Response(self._files[name], media_type=kind, headers=headers)

    @cached_property
    def _page(self) -> str:
        return template.rendered("reference.html", {})

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        vendor = resources.files(_VENDOR) / "static"
        found = {name: (vendor / name).read_bytes() for name in ("swagger-ui-bundle.js", "swagger-ui.css")}
        return {**found, "reference.js": (_FOLDER / "static" / "reference.js").read_bytes()}
