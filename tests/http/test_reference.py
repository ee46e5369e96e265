"""The reference at /docs: all that it loads comes from here, and nothing that the page may do leads elsewhere."""

from __future__ import annotations

import re

from tests import trusting
from tests.http.launch import Running

_LOADED = re.compile(r'(?:src|href)="([^"]+)"')


def test_the_reference_loads_nothing_from_elsewhere(server: Running) -> None:
    with trusting.client(base_url=server.address) as web:
        page = web.get("/docs")
        assert page.status_code == 200
        loaded = _LOADED.findall(page.text)
        assert {"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/reference.js"} <= set(loaded)
        for address in loaded:
            assert address.startswith("/"), address
            found = web.get(address)
            assert found.status_code == 200, address
            assert found.content, address
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self';" in policy
        assert not re.search(r"https?:", policy)
        assert web.get("/docs/begin.js").status_code == 404
        assert web.get("/docs/..%2fapp.py").status_code == 404


def test_no_validator_of_others_is_asked(server: Running) -> None:
    with trusting.client(base_url=server.address) as web:
        begun = web.get("/docs/reference.js").text
        assert "validatorUrl: null" in begun
        assert 'url: "/openapi.json"' in begun


def test_the_schema_of_each_profile_that_metadata_names_is_fetched_by_anybody(server: Running) -> None:
    with trusting.client(base_url=server.address) as web:
        listed = web.get("/schemas").json()
        found = web.get("/fhir/StructureDefinition?_count=200&_summary=false", headers={"accept": "application/json"})
        urls = {each["resource"]["url"] for each in found.json()["entry"]}
        assert listed.keys() == {url for url in urls if "tsunagu.example" in url}
        for url, place in listed.items():
            answer = web.get(f"/{place}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/schema+json")
            assert answer.json()["$comment"].startswith(f"{url}|")
        assert web.get("/schemas/none.schema.json").status_code == 404
        assert web.get("/schemas/..%2fapp.py").status_code == 404
