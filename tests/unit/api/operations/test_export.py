"""$export: what a system client may read, found page by page, decided again when it is fetched, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from api.beside.exports import Exporting, Exports
from api.oauth import clients
from api.oauth.clients import Client
from api.oauth.granular import Granular
from consent import scope
from consent.actor import Actor
from consent.views import exporting
from tests.laws.worlds import index, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, case, concern, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent

NOW = datetime.now(UTC)
"""The store goes by the machine's clock, and so does what is kept for so long."""
P = actor("p", now=NOW)
ASYNC = {"prefer": "respond-async"}


def system(client: str, organization: str, words: str = "system/*.rs") -> Actor:
    return replace(P, client=client, person="", organization=f"Organization/{organization}", scopes=scope.parse(words))


OWN, OTHER = system("own", "center"), system("other", "other")


@pytest.fixture
def town(calling: Calling) -> Calling:
    for each in (OWN, OTHER):
        register(calling, each)
    calling.town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), concern("d", "2"))
    calling.town.write(P, case(), {"resourceType": "Flag", "id": "f", "status": "active", **_of("1")})
    return calling


def register(town: Calling, who: Actor, **changes: Any) -> None:
    made = Client(
        client_id=who.client,
        name=who.client,
        organization=who.organization,
        scope="system/*.cruds",
        purposes=(who.purpose,),
        grant_types=("client_credentials",),
        token_endpoint_auth_method="private_key_jwt",
        jwks_uri="https://keys.example/jwks",
    )
    town.town.run(clients.register(town.town.store.vault, replace(made, **changes)))


def _of(person: str) -> Json:
    return {"code": {"text": "x"}, "subject": ref(f"Patient/{person}")}


def begin(town: Calling, path: str = "$export", who: Actor = OWN, headers: Mapping[str, str] = ASYNC) -> str:
    answer = town.ask(who, "GET", path, headers=headers)
    assert (answer.status, answer.body) == (202, b""), answer.body
    return answer.headers["content-location"].partition("/fhir/")[2]


def work(town: Calling, steps: int = 100) -> None:
    vault = town.town.store.vault
    kept = Exports(vault, most=5, seconds=3600)
    working = Exporting(kept, town.town.gate, vault, Granular(index()), lambda: NOW)
    for _ in range(steps):
        if not (town.town.run(working.waiting()) and town.town.run(working.step())):
            break


def manifest(town: Calling, status: str, who: Actor = OWN) -> Any:
    answer = town.ask(who, "GET", status)
    assert answer.status == 200, answer.body
    return orjson.loads(answer.body)


def lines(town: Calling, listed: Any, who: Actor = OWN) -> list[str]:
    found = []
    for each in listed["output"]:
        answer = town.ask(who, "GET", each["url"].partition("/fhir/")[2])
        assert (answer.status, answer.kind) == (200, "application/fhir+ndjson"), answer.body
        for line in answer.body.splitlines():
            resource = orjson.loads(line)
            assert resource["resourceType"] == each["type"]
            found.append(f"{resource['resourceType']}/{resource['id']}")
    return found


def exported(town: Calling, path: str, who: Actor = OWN) -> list[str]:
    status = begin(town, path, who)
    work(town)
    return lines(town, manifest(town, status, who), who)


def test_an_export_is_begun_looked_after_and_fetched(town: Calling) -> None:
    status = begin(town, "$export?_type=Condition,Patient")
    under_way = town.ask(OWN, "GET", status)
    assert under_way.status == 202
    assert under_way.headers["x-progress"] == "0 of 2 types, 0 files"
    work(town)
    listed = manifest(town, status)
    assert listed["requiresAccessToken"] is True
    assert listed["request"].endswith("/fhir/$export?_type=Condition%2CPatient")
    assert [(each["type"], each["count"]) for each in listed["output"]] == [("Condition", 2), ("Patient", 2)]
    assert sorted(lines(town, listed)) == ["Condition/c", "Condition/d", "Patient/1", "Patient/2"]


def test_each_level_has_its_records(town: Calling) -> None:
    everything = {"Patient/1", "Patient/2", "Group/g", "Condition/c", "Condition/d", "CarePlan/k", "Flag/f"}
    assert set(exported(town, "Group/g/$export")) == everything
    assert everything - {"Group/g"} <= set(exported(town, "Patient/$export"))
    whole = set(exported(town, "$export"))
    assert everything | {"Organization/center", "Practitioner/p", "HealthcareService/desk"} <= whole


def test_filters_types_and_a_since_narrow_it(town: Calling) -> None:
    assert exported(town, "$export?_type=Condition&_typeFilter=Condition?subject=Patient/1") == ["Condition/c"]
    both = "_typeFilter=Condition?subject=Patient/1,Condition?subject=Patient/2"
    assert sorted(exported(town, f"$export?_type=Condition&{both}")) == ["Condition/c", "Condition/d"]
    either = "_typeFilter=Condition?subject=Patient/1,Patient/2"
    assert sorted(exported(town, f"$export?_type=Condition&{either}")) == ["Condition/c", "Condition/d"]
    assert exported(town, "$export?_type=Condition&_since=2100-01-01T00:00:00Z") == []


def test_since_an_instant_it_says_what_was_deleted_to_who_could_read_that(town: Calling) -> None:
    before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    town.town.write(P, concern("again", "1"), concern("e", "1"))
    town.town.delete(P, "Condition/e")
    town.town.delete(P, "Condition/d")
    town.town.delete(P, "Condition/again")
    town.town.write(P, concern("again", "1", meta={"versionId": "2"}))

    def deletions(path: str, who: Actor = OWN) -> list[str]:
        status = begin(town, path, who)
        work(town)
        told = []
        for each in manifest(town, status, who)["deleted"]:
            answer = town.ask(who, "GET", each["url"].partition("/fhir/")[2])
            assert (each["type"], each["count"], answer.kind) == ("Bundle", 1, "application/fhir+ndjson")
            told += [bundle["entry"] for bundle in map(orjson.loads, answer.body.splitlines())]
        assert all(entry["request"]["method"] == "DELETE" for entries in told for entry in entries)
        return sorted(entry["request"]["url"] for entries in told for entry in entries)

    since = f"_since={before}"
    assert deletions(f"$export?{since}") == ["Condition/d", "Condition/e"]
    assert deletions(f"Patient/$export?_type=Condition,Flag&{since}") == ["Condition/d", "Condition/e"]
    assert deletions(f"$export?_type=Flag&{since}") == []
    assert deletions(f"$export?{since}", OTHER) == [], "nobody else is told that there was anything"
    assert deletions(f"Group/g/$export?{since}") == deletions("$export") == []


def test_of_each_record_there_is_as_much_as_was_asked_for(town: Calling) -> None:
    def contents(path: str) -> dict[str, Any]:
        status = begin(town, path)
        work(town)
        files = [each["url"].partition("/fhir/")[2] for each in manifest(town, status)["output"]]
        rows = [orjson.loads(line) for file in files for line in town.ask(OWN, "GET", file).body.splitlines()]
        return {f"{row['resourceType']}/{row['id']}": row for row in rows}

    found = contents("$export?_type=Condition,Patient&_elements=Patient.birthDate,Condition.code")
    assert found["Patient/1"].keys() == {"resourceType", "id", "meta", "birthDate"}
    assert found["Condition/c"].keys() == {"resourceType", "id", "meta", "code", "subject"}, "which it must have"
    assert [tag["code"] for tag in found["Patient/1"]["meta"]["tag"]] == ["SUBSETTED"]
    found = contents("$export?_type=Condition,Patient&_elements=name")
    assert found["Patient/1"].keys() == {"resourceType", "id", "meta", "name"}
    assert found["Condition/c"].keys() == {"resourceType", "id", "meta", "subject"}
    found = contents("$export?_type=Condition,Patient&_elements=Patient.name")
    assert "SUBSETTED" not in str(found["Condition/c"]), "nothing was said of this type"


def test_a_kick_off_by_post_is_the_same(town: Calling) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Flag"}]}
    answer = town.ask(OWN, "POST", "$export", body, ASYNC)
    assert answer.status == 202, answer.body
    work(town)
    assert lines(town, manifest(town, answer.headers["content-location"].partition("/fhir/")[2])) == ["Flag/f"]


def posted(town: Calling, path: str, *patients: Json, since: str = "") -> Any:
    given: list[Json] = [{"name": "patient", "valueReference": each} for each in patients]
    given += [{"name": "_since", "valueInstant": since}] if since else []
    return town.ask(OWN, "POST", path, {"resourceType": "Parameters", "parameter": given}, ASYNC)


def test_it_may_be_of_some_persons_alone(town: Calling) -> None:
    def found(path: str, *people: str) -> set[str]:
        answer = posted(town, path, *(ref(f"Patient/{one}") for one in people))
        assert answer.status == 202, answer.body
        work(town)
        status = answer.headers["content-location"].partition("/fhir/")[2]
        listed = manifest(town, status)
        assert listed["request"].endswith("&".join(f"patient=Patient%2F{one}" for one in people))
        names = set(lines(town, listed))
        town.ask(OWN, "DELETE", status)
        return names

    for level in ("Patient/$export", "Group/g/$export"):
        assert found(level, "1") == {"Patient/1", "Group/g", "Condition/c", "Flag/f"}, level
        assert found(level, "2") == {"Patient/2", "Group/g", "Condition/d"}, level
        assert found(level, "1", "2") > {"Condition/c", "Condition/d"}, level


def test_what_was_deleted_is_not_told_of_some_persons(town: Calling) -> None:
    before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    town.town.delete(P, "Condition/d")
    answer = posted(town, "Patient/$export", ref("Patient/2"), since=before)
    work(town)
    assert manifest(town, answer.headers["content-location"].partition("/fhir/")[2])["deleted"] == []


def test_a_person_who_is_not_for_the_client_or_not_in_the_household_is_told_at_once(town: Calling) -> None:
    town.town.write(actor("q", now=NOW), patient("away", managingOrganization=ref("Organization/other")))
    town.town.write(P, patient("alone"))
    for path, person, status in (
        ("Patient/$export", ref("Patient/away"), 404),
        ("Patient/$export", ref("Patient/nobody"), 404),
        ("Group/g/$export", ref("Patient/alone"), 404),
        ("Patient/$export", ref("Group/g"), 400),
        ("Patient/$export", {"display": "somebody"}, 400),
        ("$export", ref("Patient/1"), 400),
    ):
        assert posted(town, path, person).status == status, (path, person)
    many = (ref(f"Patient/{n}") for n in range(51))
    assert posted(town, "Patient/$export", *many).status == 422


@pytest.mark.parametrize(
    ("path", "headers", "status", "at"),
    [
        ("$export", {}, 400, "Prefer"),
        ("$export?_type=Claim", ASYNC, 400, "_type"),
        ("$export?_since=yesterday", ASYNC, 400, "_since"),
        ("$export?_outputFormat=text/csv", ASYNC, 400, "_outputFormat"),
        ("$export?_elements=colour", ASYNC, 400, "_elements"),
        ("$export?_type=Patient&_elements=Condition.code", ASYNC, 400, "_elements"),
        ("$export?patient=Patient/1", ASYNC, 400, "patient"),
        ("$export?_typeFilter=Task", ASYNC, 400, "_typeFilter"),
        ("$export?_typeFilter=Task?", ASYNC, 400, "_typeFilter"),
        ("$export?_typeFilter=Task?_count=1", ASYNC, 400, "_typeFilter"),
        ("$export?_typeFilter=Task?status=x%26_sort=status", ASYNC, 400, "_typeFilter"),
        ("$export?_typeFilter=Task?colour=blue", ASYNC, 400, "colour"),
        ("$export?_typeFilter=Task?status=requested,Claim?status=active", ASYNC, 400, "_typeFilter"),
        ("$export?_type=Flag&_typeFilter=Task?status=requested", ASYNC, 400, "_typeFilter"),
        ("Group/nobody/$export", ASYNC, 404, ""),
    ],
)
def test_what_is_wrong_is_told_at_once(town: Calling, path: str, headers: dict[str, str], status: int, at: str) -> None:
    answer = town.ask(OWN, "GET", path, headers=headers)
    assert answer.status == status, answer.body
    assert orjson.loads(answer.body)["issue"][0].get("expression", [""]) == [at]


def test_what_is_not_known_is_left_out_and_said_where_that_is_wished(town: Calling) -> None:
    wished = {"prefer": "respond-async, handling=lenient"}
    answer = town.ask(OWN, "GET", "$export?_type=Flag&includeAssociatedData=x", headers=wished)
    assert answer.status == 202
    [issue] = orjson.loads(answer.body)["issue"]
    assert (issue["severity"], issue["code"]) == ("warning", "not-supported")
    assert "includeAssociatedData" in issue["diagnostics"]
    work(town)
    status = answer.headers["content-location"].partition("/fhir/")[2]
    assert lines(town, manifest(town, status)) == ["Flag/f"]
    assert town.ask(OWN, "GET", "$export?_since=x", headers=wished).status == 400


def test_only_a_system_exports_and_only_as_far_as_its_token_reaches(town: Calling) -> None:
    assert town.ask(P, "GET", "$export", headers=ASYNC).status == 403
    assert town.ask(NOBODY, "GET", "$export", headers=ASYNC).status == 401
    narrow = system("own", "center", "system/Flag.rs")
    assert exported(town, "$export", narrow) == ["Flag/f"]
    assert town.ask(narrow, "GET", "$export?_type=Task", headers=ASYNC).status == 403


def test_another_agency_exports_what_it_may_read_and_sees_no_export_of_others(town: Calling) -> None:
    assert exported(town, "Patient/$export", OTHER) == []
    assert town.ask(OTHER, "GET", "Group/g/$export", headers=ASYNC).status == 404
    status = begin(town)
    work(town)
    file = manifest(town, status)["output"][0]["url"].partition("/fhir/")[2]
    for path in (status, file):
        assert town.ask(OTHER, "GET", path).status == 404
        assert town.ask(replace(OWN, person="Practitioner/p"), "GET", path).status == 404
    assert town.ask(OTHER, "DELETE", status).status == 404
    assert town.ask(OWN, "GET", f"{file.rpartition('/')[0]}/999").status == 404


def test_what_was_revoked_meanwhile_leaves_in_no_file(town: Calling) -> None:
    town.town.write(P, paper(consent("a")))
    town.town.write(P, consent("a"))
    status, unfound = begin(town, "Patient/$export", OTHER), begin(town, "Patient/$export", OTHER)
    work(town)
    listed = manifest(town, status, OTHER)
    assert "Condition/c" in lines(town, listed, OTHER)
    inactive = orjson.loads(town.ask(P, "GET", "Consent/a").body) | {"status": "inactive"}
    assert town.ask(P, "PUT", "Consent/a", inactive).status == 200
    assert "Condition/c" not in lines(town, listed, OTHER)
    assert "Condition/c" not in lines(town, manifest(town, unfound, OTHER), OTHER)
    assert "Condition/c" not in exported(town, "Patient/$export", OTHER)


def test_a_place_that_was_protected_meanwhile_leaves_in_no_file(town: Calling) -> None:
    """The person was found before that, and their card still comes."""
    address = [{"use": "home", "text": "岡山市北区九番町"}]
    assert town.ask(P, "PUT", "Patient/1", {**patient("1"), "address": address}).status == 200
    town.town.write(P, paper(consent("a")))
    town.town.write(P, consent("a"))
    status = begin(town, "Patient/$export?_type=Patient", OTHER)
    work(town)
    [listed] = manifest(town, status, OTHER)["output"]
    file = listed["url"].partition("/fhir/")[2]
    assert "九番町" in town.ask(OTHER, "GET", file).body.decode()
    town.town.protect(P, "Patient/1", "HealthcareService/desk")
    [card] = town.ask(OTHER, "GET", file).body.splitlines()
    assert orjson.loads(card)["id"] == "1"
    assert "九番町" not in card.decode()


def test_many_exports_go_on_side_by_side(town: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page a step, of each in its turn: sixteen at once keep other work waiting no longer than one."""
    monkeypatch.setattr(exporting, "PAGE", 1)
    begun = [begin(town, "$export?_type=Condition") for _ in range(3)]
    vault = town.town.store.vault
    working = Exporting(Exports(vault, most=5, seconds=3600), town.town.gate, vault, Granular(index()), lambda: NOW)
    for files in ((1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 1, 1)):
        town.town.run(working.step())
        told = [town.ask(OWN, "GET", each).headers.get("x-progress", "2 files") for each in begun]
        assert tuple(int(each.rpartition(" files")[0].rpartition(" ")[2]) for each in told) == files


def test_a_client_that_ends_ends_its_exports(town: Calling) -> None:
    status = begin(town)
    town.town.run(clients.end_everything(town.town.store.vault, "own"))
    work(town)
    assert town.ask(OWN, "GET", status).status == 403


def test_a_client_whose_registration_is_narrowed_exports_no_more_than_that(town: Calling) -> None:
    status = begin(town)
    register(town, OWN, scope="system/Flag.rs")
    work(town)
    assert lines(town, manifest(town, status)) == ["Flag/f"]


def test_an_export_goes_on_where_it_stood(town: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    status = begin(town, "$export?_type=Condition,Patient")
    for _ in range(3):
        work(town, steps=1)  # each time somebody else, who knows what is kept and nothing more
    assert town.ask(OWN, "GET", status).status == 202
    work(town)
    assert sorted(lines(town, manifest(town, status))) == ["Condition/c", "Condition/d", "Patient/1", "Patient/2"]


def test_exports_are_few_and_one_that_is_deleted_makes_room(town: Calling) -> None:
    begun = [begin(town, "$export?_type=Flag") for _ in range(5)]
    full = town.ask(OWN, "GET", "$export", headers=ASYNC)
    assert full.status == 429
    assert full.headers["retry-after"] == "60"
    assert town.ask(OWN, "DELETE", begun[0]).status == 202
    assert town.ask(OWN, "GET", begun[0]).status == 404
    begin(town, "$export?_type=Flag")
    work(town)
    assert lines(town, manifest(town, begun[1])) == ["Flag/f"]


def test_the_trail_says_what_left(town: Calling) -> None:
    status = begin(town, "$export?_type=Condition")
    work(town)
    before = len(town.town.trail())
    lines(town, manifest(town, status))
    events = town.town.trail()[before:]
    assert len(events) == 1
    told = {each["what"]["reference"].partition("/_history")[0] for each in events[0]["entity"] if "what" in each}
    assert {"Condition/c", "Condition/d"} <= told
