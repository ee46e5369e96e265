"""fhirpy as its authors published it, against the running server with a real token.

https://github.com/beda-software/fhir-py
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

from demo.journey.city import City
from demo.people import People

SYSTEM = "urn:of:somebody"


@pytest.fixture
def client(people: People) -> SyncFHIRClient:
    return SyncFHIRClient(people.base, authorization=f"Bearer {people.officer('yorisoi').token()}")


def test_a_record_lives_from_its_first_saving_to_its_deletion(client: SyncFHIRClient, city: City) -> None:
    made = client.resource("Condition", subject={"reference": city.known["mother"]}, recordedDate="2019")
    made.save()
    read = client.reference("Condition", made.id).to_resource()
    assert read.serialize() == made.serialize()
    made["recordedDate"] = "2020"
    made.save()
    assert read.refresh()["recordedDate"] == "2020"
    assert read["meta"]["versionId"] == "2"
    assert client.execute(f"Condition/{made.id}/_history", "get")["total"] == 2
    made.delete()
    with pytest.raises(ResourceNotFound):
        client.reference("Condition", made.id).to_resource()


def test_pages_are_fetched_to_their_end(client: SyncFHIRClient, city: City) -> None:
    subject = {"reference": city.known["mother"]}
    made = {client.resource("Condition", subject=subject).save().id for _ in range(5)}
    search = client.resources("Condition").search(patient=city.known["mother"])
    found = {each.id for each in search.limit(2).fetch_all()}
    assert made <= found
    first = search.limit(1).first()
    assert first is not None
    assert first.id in found
    assert [each.id for each in search.search(_id=min(made)).fetch()] == [min(made)]
    assert search.search(_id=min(made)).get().id == min(made)


def test_a_count_works_where_it_may_leave_out_what_is_unknown(client: SyncFHIRClient, city: City) -> None:
    patients = client.resources("Patient").search(_id=city.known["mother"].partition("/")[2])
    with pytest.raises(OperationOutcome, match="_totalMethod"):
        patients.count()
    client.extra_headers = {"Prefer": "handling=lenient"}
    assert patients.count() == 1


def test_a_condition_names_the_record_to_write(client: SyncFHIRClient) -> None:
    number = str(uuid4())
    identified = client.resources("Patient").search(identifier=f"{SYSTEM}|{number}")
    person = client.resource("Patient", identifier=[{"system": SYSTEM, "value": number}])
    made, created = identified.update(person)
    again, created_again = identified.update(client.resource("Patient", **person, gender="female"))
    assert (created, created_again, again.id, again["gender"]) == (True, False, made.id, "female")
    client.resource("Patient", identifier=[{"system": SYSTEM, "value": number}]).save()
    with pytest.raises(MultipleResourcesFound):
        identified.update(person)


def test_a_transaction_and_a_batch_are_done(client: SyncFHIRClient, city: City) -> None:
    urn = f"urn:uuid:{uuid4()}"
    entries = [
        {"fullUrl": urn, "request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}},
        {
            "request": {"method": "POST", "url": "Condition"},
            "resource": {"resourceType": "Condition", "subject": {"reference": urn}},
        },
    ]
    done = client.resource("Bundle", type="transaction", entry=entries).save()
    assert [each["response"]["status"] for each in done["entry"]] == ["201 Created", "201 Created"]
    reads = [{"request": {"method": "GET", "url": city.known["mother"]}}]
    batch = client.execute("", "post", data={"resourceType": "Bundle", "type": "batch", "entry": reads})
    assert f"Patient/{batch['entry'][0]['resource']['id']}" == city.known["mother"]


def test_what_it_sends_that_is_not_fhir_is_refused_with_a_reason(client: SyncFHIRClient, city: City) -> None:
    """A create by the parameters of its address and a patch by some elements of the record are not of R4."""
    person = client.resource("Patient", identifier=[{"system": SYSTEM, "value": "1"}])
    with pytest.raises(OperationOutcome, match="identifier"):
        client.resources("Patient").search(identifier=f"{SYSTEM}|1").get_or_create(person)
    with pytest.raises(OperationOutcome, match="resourceType"):
        client.patch(f"{city.known['mother']}", gender="female")
