"""What is printed for somebody is what both they and who prints it may see, and a disclosure on the trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.reading.reading import Reading
from consent.views import printing
from consent.views.printing import Printed
from resources.record.problem import Problem
from tests.laws.worlds import extension, ref
from tests.unit.consent.acts.divided_town import for_
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.test_oneself import TOMORROW, P, Q, family
from tests.unit.consent.town import Json, Town, case, household, patient
from tests.unit.consent.views.reading import refused, said, told
from tests.unit.consent.writing.test_superseding import consent

__all__ = ["family"]

PRINTER, OTHER = replace(P, now=TOMORROW), replace(Q, now=TOMORROW)
PLAN = plan(
    activity(description="母の家計相談", **for_("1")),
    activity(description="子の学習支援", **for_("2")),
    activity(description="二人の通院", **for_("1", "2")),
    activity(description="家の片付け"),
    title="二人の計画",
    note=[{"text": "世帯の覚え"}],
)


@pytest.fixture
def planned(family: Town) -> Town:
    family.write(P, case(), PLAN)
    return family


def printed(town: Town, recipient: str, who: Actor = PRINTER) -> Printed:
    return said(town, who, lambda reading: printing.printed(reading, "plan", recipient))


def body(town: Town, recipient: str, who: Actor = PRINTER) -> Json:
    made: Json = orjson.loads(printed(town, recipient, who).plan.body)
    return made


def services(town: Town, recipient: str, who: Actor = PRINTER) -> list[Any]:
    return [each["detail"].get("description") for each in body(town, recipient, who).get("activity", ())]


@pytest.fixture
def permitted(town: Town) -> Town:
    """Both, of age, have signed that the other agency may read what is about them."""
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, case(), PLAN)
    for one in "12":
        signed = {"patient": ref(f"Patient/{one}"), "performer": [ref(f"Patient/{one}")]}
        town.sign(P, consent(f"to-{one}", provision={"type": "permit"}, **signed))
    return town


def denied(town: Town, recipient: str, who: Actor = PRINTER) -> tuple[str, str]:
    return refused(town, who, lambda reading: printing.printed(reading, "plan", recipient))


def test_to_a_member_goes_what_is_for_them_and_what_is_for_all(planned: Town) -> None:
    assert services(planned, "Patient/1") == ["母の家計相談", "家の片付け"]
    assert services(planned, "Patient/2") == ["子の学習支援", "家の片付け"]
    assert not {"title", "note"} & set(body(planned, "Patient/1"))
    assert printed(planned, "Patient/1").persons == frozenset({"Patient/1"})


def test_a_member_s_sheet_is_the_plan_s_head_and_those_services(planned: Town) -> None:
    head = {name: PLAN[name] for name in ("resourceType", "id", "status", "intent", "category")}
    period = {"created": "2026-11-24", "period": {"start": "2026-04-01"}}
    telling = activity(description="家の掃除", extension=[{"url": "urn:informant", "valueString": "隣の人"}])
    displayed = {"extension": [extension("activity-subject", valueReference={"display": "二男"})]}
    said = [*PLAN["activity"], telling, activity(**displayed), {"progress": [{"text": "進んでいる"}]}]
    changed = period | {"activity": said}
    planned.write(P, PLAN | changed | {"meta": {"versionId": "1"}})
    found = body(planned, "Patient/1")
    assert found.pop("meta").keys() == {"versionId", "lastUpdated"}
    services = [PLAN["activity"][0], PLAN["activity"][3], activity(description="家の掃除")]
    assert found == head | period | {"subject": ref("Group/g"), "activity": services}
    planned.write(P, PLAN | {"activity": PLAN["activity"][2:3], "meta": {"versionId": "2"}})
    assert "activity" not in body(planned, "Patient/1")


def test_to_who_signs_for_a_member_goes_what_is_for_that_one(planned: Town) -> None:
    assert services(planned, "RelatedPerson/mother") == ["子の学習支援", "家の片付け"]


def test_to_a_relative_who_may_not_sign_goes_nothing(planned: Town) -> None:
    planned.write(P, {"resourceType": "RelatedPerson", "id": "uncle", "patient": ref("Patient/2")})
    assert denied(planned, "RelatedPerson/uncle") == ("forbidden", "P7")


def test_to_the_household_goes_what_every_member_may_have(planned: Town) -> None:
    assert services(planned, "Group/g") == ["家の片付け"]
    assert printed(planned, "Group/g").persons == frozenset({"Patient/1", "Patient/2"})


def test_who_has_left_the_household_is_not_asked_for_it(planned: Town) -> None:
    planned.write(P, patient("gone"), household("1", "2", "gone") | {"meta": {"versionId": "1"}})
    planned.protect(P, "Patient/gone", "Practitioner/p")
    assert services(planned, "Group/g") == [None]
    planned.write(P, household("1", "2") | {"meta": {"versionId": "2"}})
    assert printed(planned, "Group/g").persons == frozenset({"Patient/1", "Patient/2"})


def test_what_names_somebody_else_or_a_record_is_for_no_member(family: Town) -> None:
    performed = activity(description="母が送る", performer=[ref("Patient/1")])
    told_of = activity(description="相談の続き", reasonReference=[ref("Condition/d")], **for_("2"))
    untold = activity(
        description="別の機関", performer=[{"reference": "https://elsewhere.example/x", "type": "Organization"}]
    )
    family.write(P, case(), plan(performed, told_of, untold, activity(description="家の片付け")))
    assert services(family, "Patient/2") == ["家の片付け"]
    assert services(family, "Patient/1") == ["母が送る", "家の片付け"]
    assert services(family, "Group/g") == ["家の片付け"]


def test_it_is_on_the_trail_with_whom_it_is_for(planned: Town) -> None:
    printed(planned, "Patient/1")
    assert {"CarePlan/plan/_history/1", "Patient/1/_history/1"} <= told(planned)


def test_an_agency_that_may_not_read_the_plan_is_handed_none(planned: Town) -> None:
    assert denied(planned, "Organization/other") == ("forbidden", "P3")
    assert denied(planned, "PractitionerRole/q") == ("forbidden", "P3")
    assert services(planned, "Organization/center")[:1] == ["母の家計相談"]
    assert services(planned, "PractitionerRole/p")[:1] == ["母の家計相談"]


def test_an_agency_is_handed_what_both_may_read(permitted: Town) -> None:
    assert len(services(permitted, "Organization/other")) == 4
    assert body(permitted, "Organization/other")["title"] == "二人の計画"
    assert len(services(permitted, "Organization/center", OTHER)) == 4


def test_of_who_is_shown_to_who_prints_it_an_agency_has_whom_it_may_see_whole(permitted: Town) -> None:
    async def both(reading: Reading) -> list[str]:
        made = await printing.printed(reading, "plan", "Organization/other")
        people = [await reading.read("Patient", one) for one in "12"] + [await reading.read("Patient", "9")]
        return [each.reference for each in await made.to_both(people)]

    permitted.write(P, patient("9"))
    assert said(permitted, PRINTER, both) == ["Patient/1", "Patient/2"]
    permitted.protect(P, "Patient/1", "Practitioner/p", "Organization/center")
    assert said(permitted, PRINTER, both) == ["Patient/2"]


def test_whose_plan_it_is_not_is_handed_nothing(planned: Town) -> None:
    planned.write(P, patient("9"), household("9") | {"id": "h"})
    assert denied(planned, "Patient/9") == ("forbidden", "P7")
    assert denied(planned, "Group/h") == ("forbidden", "P7")


def test_who_may_not_read_the_plan_or_the_recipient_prints_nothing(planned: Town) -> None:
    assert denied(planned, "Patient/1", OTHER) == ("not-found", "")
    assert denied(planned, "Patient/none") == ("not-found", "")
    assert denied(planned, "Organization/none") == ("not-found", "")


def test_no_word_of_a_protected_member_s_plan_is_printed_for_another(planned: Town) -> None:
    """The printer reads it whole, being on the list; neither the other member nor the household is handed any of it."""
    planned.protect(P, "Patient/1", "Practitioner/p", "Organization/center")
    assert services(planned, "Organization/center")[0] == "母の家計相談"
    for recipient in ("Patient/2", "Patient/1", "RelatedPerson/mother"):
        assert services(planned, recipient) == [None, None]
    assert services(planned, "Group/g") == [None]


def test_an_agency_off_the_list_is_handed_no_word_of_it(permitted: Town) -> None:
    permitted.protect(P, "Patient/1", "Practitioner/p", "Organization/center")
    assert services(permitted, "Organization/center")[0] == "母の家計相談"
    assert set(services(permitted, "Organization/other")) == {None}
    assert set(services(permitted, "Organization/center", OTHER)) == {None}


def test_a_household_of_very_many_has_no_page_for_all(family: Town) -> None:
    many = [f"m{n}" for n in range(printing.MOST_MEMBERS + 1)]
    family.write(P, *(patient(one) for one in many))
    family.write(P, household(*many) | {"id": "many"}, case() | {"subject": ref("Group/many")})
    family.write(P, plan(activity(), subject=ref("Group/many")))
    assert denied(family, "Group/many")[0] == "too-costly"
    with pytest.raises(Problem) as found:
        printed(family, "Group/many")
    assert found.value.issues[0].at == "recipient"
    assert services(family, "Patient/m0") == ["家計の相談"]
