"""The OpenAPI document is what the code makes, and it describes what the server serves."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from pathlib import Path

from starlette.routing import Route

from api import settings as app_settings
from api.app import create_app
from api.documents import capability, openapi
from api.routing import routes
from profiles import guide
from profiles.spec import Spec
from tests.house import source

PAGES = {
    *("/", "/policy", "/docs", "/docs/{file}", "/sign-in", "/sign-in/second", "/sign-out", "/second-factor"),
    *("/passkeys", "/passkeys/made", "/passkeys/remove", "/sign-in/passkey", "/sign-in/passkey/signed"),
    *("/oauth/choose", "/oauth/decision", "/static/tsunagu.css", "/static/passkey.js"),
}
"""For a person's browser, and described in docs/oauth.md."""


def test_the_document_kept_is_what_the_code_makes(spec: Spec) -> None:
    assert json.loads(source.text("openapi/openapi.json")) == json.loads(json.dumps(openapi.document(spec)))


def test_every_route_is_described_and_nothing_else(tmp_path: Path, spec: Spec) -> None:
    described = {
        (path, method.upper()) for path, methods in openapi.document(spec)["paths"].items() for method in methods
    }
    assert served(tmp_path) == described


def served(folder: Path) -> set[tuple[str, str]]:
    app = create_app(app_settings.read(data=folder, store=str(folder)))

    async def shell() -> set[tuple[str, str]]:
        async with app.router.lifespan_context(app):
            ours = [route for route in app.router.routes if isinstance(route, Route) and route.path not in PAGES]
            return {(route.path, method) for route in ours for method in route.methods or () if method != "HEAD"}

    return asyncio.run(shell()) | {(f"/fhir{row.path}", row.method) for row in routes.ALL}


def test_every_reference_in_the_document_leads_somewhere(spec: Spec) -> None:
    document = openapi.document(spec)
    components = {f"#/components/{kind}/{name}" for kind, named in document["components"].items() for name in named}
    found = set(references(document))
    assert found
    assert found <= components


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if "$ref" in node else []
        return [*here, *(each for value in node.values() for each in references(value))]
    if isinstance(node, list):
        return [each for value in node for each in references(value)]
    return []


def test_every_operation_has_an_id_of_its_own(spec: Spec) -> None:
    ids = [each["operationId"] for methods in openapi.document(spec)["paths"].values() for each in methods.values()]
    assert len(ids) == len(set(ids))


def test_one_version_is_told_everywhere() -> None:
    project = tomllib.loads(source.text("pyproject.toml"))["project"]["version"]
    newest = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", source.text("CHANGELOG.md"), re.MULTILINE)[0]
    kept = json.loads(source.text("openapi/openapi.json"))["info"]["version"]
    assert {capability.VERSION, guide.VERSION, newest, kept} == {project}
