"""A Binary over HTTP: sent and answered as it is or as FHIR, and never as a page of this server."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx2
import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from tests import trusting
from tests.http.asking import Asking

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
FHIR, XML = "application/fhir+json", "application/fhir+xml"


@pytest.fixture
def web(asking: Asking) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {asking.token}"}
    with trusting.client(base_url=asking.base, headers=headers, timeout=30) as client:
        yield client


def post(web: httpx2.Client, content: bytes, kind: str, context: str = "", **more: str) -> httpx2.Response:
    headers = {"Content-Type": kind} | ({"X-Security-Context": context} if context else {}) | more
    return web.post("Binary", content=content, headers=headers)


def place(answer: httpx2.Response) -> str:
    assert answer.status_code == 201, answer.text
    return "/".join(answer.headers["location"].split("/")[-4:-2])


def test_a_content_is_sent_as_it_is_and_comes_back_as_it_was(web: httpx2.Client, city: City, people: People) -> None:
    mother = city.known["mother"]
    name = place(post(web, PICTURE, "image/png", mother))
    for accept in ("*/*", "image/png", "image/*;q=0.5, text/plain", "text/html, */*;q=0.1"):
        plain = web.get(name, headers={"Accept": accept})
        assert (plain.status_code, plain.headers["content-type"]) == (200, "image/png"), accept
        assert plain.content == PICTURE
        assert plain.headers["content-disposition"] == "attachment"
        assert plain.headers["x-content-type-options"] == "nosniff"
        assert plain.headers["content-security-policy"].startswith("sandbox")
        assert plain.headers["etag"] == 'W/"1"'
    without = web.build_request("GET", name)
    del without.headers["accept"]
    assert web.send(without).content == PICTURE
    assert web.get(f"{name}/_history/1", headers={"Accept": "*/*"}).content == PICTURE
    resource = web.get(name, headers={"Accept": FHIR}).json()
    assert resource["securityContext"] == {"reference": mother}
    assert base64.b64decode(resource["data"]) == PICTURE
    assert web.get(f"{name}?_format=json", headers={"Accept": "*/*"}).json() == resource
    for accept in (XML, "application/xml", "text/xml", f"{XML}, */*;q=0.1", f"text/plain, {XML};q=0.1"):
        for path in (name, f"{name}/_history/1"):
            written = web.get(path, headers={"Accept": accept})
            assert '<contentType value="image/png"/>' in written.text, accept
            assert written.headers["content-type"].startswith(XML)
    assert web.get(name, headers={"Accept": "image/jpeg"}).status_code == 406
    for path in (name, f"{name}/_history/1"):
        assert web.get(path, headers={"Accept": "*/*", "If-None-Match": 'W/"1"'}).status_code == 304
    assert people.officer("health-center").get(name).status == 404


def test_it_is_updated_as_it_is_and_stays_with_its_record(web: httpx2.Client, city: City) -> None:
    mother, sister = city.known["mother"], city.known["sister"]
    name = place(post(web, b"one", "text/plain; charset=utf-8", f"{str(web.base_url).rstrip('/')}/{mother}"))
    headers = {"Content-Type": "text/html", "X-Security-Context": mother}
    put = web.put(name, content=b"<script>1</script>", headers=headers | {"If-Match": 'W/"1"'})
    assert put.status_code == 200, put.text
    page = web.get(name, headers={"Accept": "text/html"})
    assert (page.text, page.headers["content-disposition"]) == ("<script>1</script>", "attachment")
    for context in ({}, {"X-Security-Context": sister}):
        refused = web.put(name, content=b"two", headers={"Content-Type": "text/plain"} | context)
        assert refused.status_code == 422, refused.text
        assert refused.json()["issue"][0]["expression"] == ["Binary.securityContext"]


def test_what_cannot_be_taken_is_refused(web: httpx2.Client, city: City) -> None:
    mother = city.known["mother"]
    none = post(web, PICTURE, "image/png")
    assert (none.status_code, none.json()["issue"][0]["expression"]) == (422, ["Binary.securityContext"])
    assert post(web, PICTURE, "image/png", "Patient/none").status_code == 422
    assert post(web, PICTURE, "image/png", "Organization/yorisoi-center").status_code == 422
    assert post(web, PICTURE, "png", mother).status_code == 415
    assert post(web, PICTURE, "image/png; a b", mother).status_code == 415
    assert post(web, b"x" * 20_000_000, "image/png", mother).status_code == 413
    assert web.post("Patient", content=PICTURE, headers={"Content-Type": "image/png"}).status_code == 415
    anonymous = {"Authorization": "", "Content-Type": "image/png"}
    assert trusting.post(f"{web.base_url}Binary", content=PICTURE, headers=anonymous).status_code == 401


def test_in_a_bundle_it_is_fhir(web: httpx2.Client, city: City) -> None:
    name = place(post(web, PICTURE, "image/png", city.known["mother"]))
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": name}}]}
    for accept in (FHIR, "*/*"):
        headers = {"Content-Type": FHIR, "Accept": accept}
        done = web.post("", content=orjson.dumps(bundle), headers=headers).json()
        assert done["entry"][0]["resource"]["contentType"] == "image/png"
    found = web.get(f"Binary?_id={name.partition('/')[2]}").json()
    assert found["entry"][0]["resource"]["resourceType"] == "Binary"
    history = web.get(f"{name}/_history", headers={"Accept": "*/*"}).json()
    assert history["entry"][0]["resource"]["contentType"] == "image/png"
