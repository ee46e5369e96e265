"""Whatever metadata and the OpenAPI document claim is true: each claim is walked and asked of a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from profiles import served
from tests import trusting
from tests.http.asking import Asking
from tests.http.launch import Running

VALUES = {"date": "2019-04-05", "number": "1", "quantity": "1", "uri": "urn:x:y", "special": "x", "composite": "x$x"}
UNNAMED = (*sorted(served.kinds()["known"]), "Account", "Observable", "patient")
OURS = "https://tsunagu.example/fhir"


@pytest.fixture(scope="module")
def statement(asking: Asking) -> dict[str, Any]:
    found = asking.ask("GET", "metadata").json
    assert found["resourceType"] == "CapabilityStatement"
    return dict(found)


def resources(statement: dict[str, Any]) -> list[dict[str, Any]]:
    return list(statement["rest"][0]["resource"])


def definitions(statement: dict[str, Any]) -> dict[str, set[str]]:
    """Every canonical that the statement names, by the type of what it leads to."""
    found: dict[str, set[str]] = {"SearchParameter": set(), "OperationDefinition": set(), "StructureDefinition": set()}
    rest = statement["rest"][0]
    for each in (rest, *rest["resource"]):
        found["OperationDefinition"] |= {operation["definition"] for operation in each.get("operation", ())}
        found["SearchParameter"] |= {one["definition"] for one in each.get("searchParam", ()) if "definition" in one}
        found["StructureDefinition"] |= set(each.get("supportedProfile", ()))
    found["CapabilityStatement"] = {statement["url"]}
    return found


def test_every_type_it_names_is_searched_and_read(asking: Asking, statement: dict[str, Any]) -> None:
    for resource in resources(statement):
        type = resource["type"]
        found = asking.ask("GET", f"{type}?_count=1")
        assert found.status == 200 or "scope" in found.text, (type, found.text)
        codes = {each["code"] for each in resource["interaction"]}
        assert {"read", "search-type"} <= codes, type
        assert asking.ask("GET", f"{type}/nobody").status == 404, type
        for one in found.resources:
            for suffix in ("", "/_history", "/_history/1") if "vread" in codes else ("",):
                assert asking.ask("GET", f"{type}/{one['id']}{suffix}").status == 200, (type, one["id"], suffix)


def test_what_it_does_not_name_is_not_supported(asking: Asking) -> None:
    for type in UNNAMED:
        for path in (type, f"{type}/x", f"{type}?_id=x"):
            answer = asking.ask("GET", path)
            assert answer.status == 404, path
            assert answer.json["issue"][0]["code"] == "not-supported", path


def test_every_definition_it_names_is_found_by_its_canonical(asking: Asking, statement: dict[str, Any]) -> None:
    for type, urls in definitions(statement).items():
        for url in sorted(urls):
            found = asking.ask("GET", f"{type}?url={url}")
            assert [each["url"] for each in found.resources] == [url], url
            one = found.resources[0]
            assert asking.ask("GET", f"{type}/{one['id']}").json == one
            assert asking.ask("GET", f"{type}?url={url}|{one['version']}").total == 1, url


def test_every_search_parameter_it_names_is_answered(asking: Asking, statement: dict[str, Any]) -> None:
    for resource in resources(statement):
        for parameter in resource["searchParam"]:
            name, value = parameter["name"], VALUES.get(parameter["type"], "x")
            if parameter["type"] in ("composite", "reference", "special"):
                continue
            answer = asking.ask("GET", f"{resource['type']}?{name}={value}&_count=1")
            assert answer.status in (200, 403), (resource["type"], name, answer.text)


def test_every_address_of_the_document_is_there(server: Running, asking: Asking) -> None:
    with trusting.client() as web:
        document = web.get(f"{server.address}/openapi.json").json()
    for path, methods in document["paths"].items():
        filled = path.replace("{type}", "Patient").replace("{id}", "nobody").replace("{version}", "1")
        filled = filled.replace("{within}", "Condition")
        if not path.startswith("/fhir/") or "get" not in methods:
            continue
        answer = asking.ask("GET", filled.removeprefix("/fhir/"))
        assert answer.status not in (405, 500), filled
        assert "there is nothing at this address" not in answer.text, filled


def addressed(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation of the FHIR API: its method, an address that leads to it, and what is said of it."""
    for path, methods in document["paths"].items():
        filled = path.replace("{type}", "Binary" if "_history/" in path else "Patient").replace("{id}", "nobody")
        filled = filled.replace("{version}", "1").replace("{within}", "Condition").removeprefix("/fhir")
        for method, said in methods.items():
            if path.startswith("/fhir") and method in ("get", "post", "put", "patch", "delete"):
                yield method.upper(), filled.removeprefix("/"), said


def test_every_kind_of_body_the_document_names_is_taken_and_no_other(server: Running, asking: Asking) -> None:
    with trusting.client() as web:
        document = web.get(f"{server.address}/openapi.json").json()
    named = set()
    for method, path, said in addressed(document):
        kinds = set(said.get("requestBody", {}).get("content", ()))
        named |= kinds
        for kind in ("application/fhir+json", "application/fhir+xml", "image/png", "application/json-patch+json"):
            where = path.replace("Patient", "Binary") if kind == "image/png" and "*/*" in kinds else path
            answer = asking.ask(method, where, b"%", {"Content-Type": kind}) if kinds else None
            taken = kind in kinds or (kind == "image/png" and "*/*" in kinds)
            assert answer is None or answer.status >= 400, (method, where, kind)
            assert answer is None or not taken or answer.status != 415, (method, where, kind, answer.text)
    assert {"application/fhir+json", "application/fhir+xml", "application/json-patch+json", "*/*"} < named


def test_every_kind_of_answer_the_document_names_is_given_and_no_other(server: Running, asking: Asking) -> None:
    with trusting.client() as web:
        document = web.get(f"{server.address}/openapi.json").json()
    for method, path, said in addressed(document):
        kinds = {kind for answer in said["responses"].values() for kind in answer.get("content", ())}
        for kind in ("application/fhir+json", "application/fhir+xml", "image/png"):
            if method == "GET":
                where = path.replace("Patient", "Binary") if "*/*" in kinds else path
                answer = asking.ask(method, where, headers={"Accept": kind})
                assert answer.status != 406 or not kinds & {kind, "*/*"}, (where, kind, answer.text)
                given = answer.headers["content-type"].partition(";")[0]
                assert given in kinds or "*/*" in kinds, (where, kind)


def test_every_type_the_document_names_is_in_the_statement(server: Running, statement: dict[str, Any]) -> None:
    with trusting.client() as web:
        document = web.get(f"{server.address}/openapi.json").json()
    served = document["components"]["schemas"]["served"]["enum"]
    assert served == [each["type"] for each in resources(statement)]


def test_every_form_and_code_that_ours_name_is_found(asking: Asking) -> None:
    """What one definition says of another, a client can follow."""
    everything = [
        each
        for type in ("Questionnaire", "CodeSystem", "ValueSet", "StructureDefinition", "ConceptMap", "NamingSystem")
        for each in asking.ask("GET", f"{type}?_count=500").resources
    ]
    known = {each["url"] for each in everything if "url" in each}
    assert len(everything) > 60
    for each in everything:
        for named in canonicals(each):
            assert named.partition("|")[0].partition("#")[0] in known, (each["id"], named)


def canonicals(node: Any, key: str = "") -> list[str]:
    if isinstance(node, dict):
        return [found for name, value in node.items() for found in canonicals(value, name)]
    if isinstance(node, list):
        return [found for value in node for found in canonicals(value, key)]
    kinds = ("CodeSystem", "ValueSet", "StructureDefinition", "Questionnaire")
    ours = isinstance(node, str) and node.startswith(tuple(f"{OURS}/{kind}/" for kind in kinds))
    return [node] if ours else []


def test_a_stranger_reads_the_forms_and_the_codes(server: Running) -> None:
    with Asking(server.base) as stranger:
        assert stranger.ask("GET", f"Questionnaire?url={OURS}/Questionnaire/tsunagu-sheet").total == 1
        assert stranger.ask("GET", "CodeSystem/concern-field").status == 200
        assert stranger.ask("GET", "Patient").status == 401


def test_nobody_overwrites_a_definition(asking: Asking) -> None:
    form = asking.ask("GET", "Questionnaire/tsunagu-sheet")
    for method, path, body in (
        ("PUT", "Questionnaire/tsunagu-sheet", form.text.encode()),
        ("POST", "Questionnaire", form.text.encode()),
        ("DELETE", "Questionnaire/tsunagu-sheet", None),
    ):
        answer = asking.ask(method, path, body, language="en")
        assert answer.status == 403, method
        assert "part of the installation" in answer.text, method
    assert asking.ask("GET", "Questionnaire/tsunagu-sheet").text == form.text


def test_definitions_are_paged_and_sorted_like_records(asking: Asking) -> None:
    seen: list[str] = []
    path = "CodeSystem?_count=7&_sort=-_id"
    while path:
        page = asking.ask("GET", path)
        seen += [each["id"] for each in page.resources]
        links = {each["relation"]: each["url"] for each in page.json["link"]}
        path = links.get("next", "").partition("/fhir/")[2]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == page.total == len(set(seen))
