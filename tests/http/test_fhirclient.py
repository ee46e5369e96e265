"""fhirclient (Python) as its authors published it, against the running server with a real token.

https://github.com/smart-on-fhir/client-py
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.condition import Condition
from fhirclient.models.fhirdatetime import FHIRDateTime
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException
from requests import HTTPError

from demo.journey.city import City
from demo.people import People


@pytest.fixture
def smart(people: People) -> Iterator[FHIRClient]:
    client = FHIRClient({"app_id": "somebody", "api_base": people.base})
    client.prepare()  # reads the metadata, and finds there how to sign in
    client.server.auth.access_token = people.officer("yorisoi").token()
    yield client
    client.server.session.close()


def test_a_record_lives_from_its_creation_to_its_deletion(smart: FHIRClient, city: City) -> None:
    concern = Condition()
    concern.subject = FHIRReference({"reference": city.known["mother"]})
    concern.recordedDate = FHIRDateTime("2019-04-05")
    made = concern.create(smart.server)
    read = Condition.read(made["id"], smart.server)
    assert (read.as_json()["recordedDate"], read.subject.reference) == ("2019-04-05", city.known["mother"])
    read.recordedDate = FHIRDateTime("2019-04-06")
    assert read.update(smart.server)["meta"]["versionId"] == "2"
    read.delete(smart.server)
    with pytest.raises((FHIRNotFoundException, HTTPError)):
        Condition.read(made["id"], smart.server)


def test_a_search_goes_through_its_pages(smart: FHIRClient, city: City) -> None:
    mother = city.known["mother"]
    for _ in range(3):
        concern = Condition({"subject": {"reference": mother}})
        concern.create(smart.server)
    search = Condition.where({"patient": mother, "_count": "2"})
    found = [each.id for each in search.perform_resources_iter(smart.server)]
    assert len(found) == len(set(found)) >= 3
    person = Patient.where({"_id": mother.partition("/")[2]})
    assert [each.id for each in person.perform_resources_iter(smart.server)] == [mother.partition("/")[2]]


def test_its_old_way_of_writing_a_comparison_is_refused_with_a_reason(smart: FHIRClient) -> None:
    search = Patient.where({"birthDate": {"$gt": "1990"}})
    assert ">" in search.construct()
    with pytest.raises(HTTPError) as refused:
        next(search.perform_iter(smart.server))
    answer = refused.value.response
    assert answer is not None
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"]
