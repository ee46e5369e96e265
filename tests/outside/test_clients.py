"""What the journey leaves behind, read by models that others made of FHIR R4.

https://pypi.org/project/fhir.resources/
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from fhir.resources.R4B import get_fhir_model_class

from consent import vocabulary
from demo.answer import Answer
from demo.people import AUDIT, CARE, CONFERENCE, People
from demo.rest import Client
from tests.http.launch import Running
from tests.http.stored import Stored

_EVERYBODY = (
    *((name, CARE) for name in ("yorisoi", "health-center", "community-care", "coordinator", "lead-section")),
    *((name, CONFERENCE) for name in ("convener", "child-guidance", "coordinator", "lead-section")),
    ("adviser-01", CARE),  # whose agency the list of the sister names: it is asked before the meeting
    ("auditor", AUDIT),
)


def test_every_resource_the_journey_leaves_is_read_by_others_models(played: Running) -> None:
    people = People(played.base, played.credentials)
    readers = [people.officer(name, purpose) for name, purpose in _EVERYBODY]
    types = vocabulary.SERVED
    read: dict[str, set[str]] = {}
    seen: set[bytes] = set()
    for reader in readers:
        for type in sorted(types):
            for page in _pages(reader, type):
                for resource in page.resources:
                    if (said := orjson.dumps(resource)) not in seen:
                        _parsed_as(type, resource)
                        seen.add(said)
                    read.setdefault(type, set()).add(resource["id"])
    people.close()
    left = {name for name, *_ in Stored(played.folder).versions() if name.partition("/")[0] in vocabulary.CASEWORK}
    assert {f"{type}/{id}" for type, ids in read.items() for id in ids if type in vocabulary.CASEWORK} == left
    assert {"AuditEvent", "Practitioner", "PractitionerRole", "HealthcareService", "Location"} <= set(read)


def test_histories_outcomes_and_metadata_are_read_by_others_models(played: Running) -> None:
    people = People(played.base, played.credentials)
    officer = people.officer("yorisoi")
    consent = officer.search("Consent", status="inactive").references[0]
    for path, status in (
        (f"{consent}/_history", 200),
        (f"{consent}/$explain-access", 200),
        ("Patient/nobody", 404),
        ("Patient?colour=blue", 400),
        ("metadata", 200),
        ("Condition?_count=3", 200),
        ("HealthcareService/$route?field=housing", 200),
    ):
        answer = officer.get(path)
        assert answer.status == status, answer.text
        _parsed(answer)
    people.close()


def _pages(reader: Client, type: str) -> Iterator[Answer]:
    path = f"{type}?_count=200"
    while path:
        answer = reader.get(path)
        assert answer.status == 200, answer.text
        yield answer
        following = {link["relation"]: link["url"] for link in answer.json["link"]}
        path = following.get("next", "").removeprefix(f"{reader.base}/")


def _parsed(answer: Answer) -> None:
    _parsed_as(answer.json["resourceType"], answer.json)


def _parsed_as(type: str, resource: dict[str, object]) -> None:
    """Read by the model, and written by it with nothing lost."""
    model = get_fhir_model_class(type).model_validate_json(orjson.dumps(resource))
    assert set(orjson.loads(model.model_dump_json())) == set(resource)
