"""The JSON Schemas of our profiles, for anybody: `/schemas` names them, `/schemas/{id}.schema.json` is one.

docs/definitions.md, "JSON Schemas"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from profiles import json_profile
from profiles.spec import Spec

_KIND = "application/schema+json"
_HEADERS = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=3600"}


class Schemas:
    """Made when first asked for."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def routes(self) -> list[Route]:
        return [Route("/schemas", self.list), Route("/schemas/{file}", self.file)]

    async def list(self, request: Request) -> Response:
        named = {canonical: f"schemas/{file}" for file, canonical in sorted(self._canonicals.items())}
        return Response(orjson.dumps(named), media_type="application/json", headers=_HEADERS)

    async def file(self, request: Request) -> Response:
        found = self._files.get(request.path_params["file"])
        return Response("", 404) if found is None else Response(found, media_type=_KIND, headers=_HEADERS)

    @cached_property
    def _canonicals(self) -> Mapping[str, str]:
        return {
            f"{each['id']}.schema.json": url
            for url, each in self._spec.artefacts.items()
            if each["resourceType"] == "StructureDefinition" and f"{each['id']}.schema.json" in self._files
        }

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        made = json_profile.schemas(self._spec)
        return {f"{id}.schema.json": orjson.dumps(each) for id, each in made.items()}
