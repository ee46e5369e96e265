"""A completed つなぐシート becomes records, and a faulty one is refused item by item."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import fhirkit
import pytest

import demo
from profiles.spec import Spec
from resources import sheet
from resources.record import validate
from resources.record.problem import Problem

BASE = "https://tsunagu.example/fhir"
FIELDS = f"{BASE}/CodeSystem/concern-field"
RELATIONS = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SHEET = Path(demo.__file__).parent / "household_h" / "sheet.json"

Json = dict[str, Any]


@pytest.fixture
def response() -> Json:
    """Household H: mother, her younger sister, elder son, second son."""
    read = json.loads(SHEET.read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


@pytest.fixture(scope="session")
def questionnaire(spec: Spec) -> Json:
    return dict(spec.artefacts[f"{BASE}/Questionnaire/tsunagu-sheet"])


def members(response: Json) -> list[Json]:
    return [item for item in response["item"] if item["linkId"] == "member"]


def item(group: Json, link: str) -> Json:
    return next(each for each in group["item"] if each["linkId"] == link)


def answer(group: Json, link: str, *values: Json) -> None:
    """Answer an item anew; with no value, leave it out."""
    group["item"] = [each for each in group["item"] if each["linkId"] != link]
    if values:
        group["item"].append({"linkId": link, "answer": list(values)})


def of(bundle: Json, type: str) -> dict[str, Json]:
    return {
        entry["fullUrl"]: entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == type
    }


def refused(response: Json, questionnaire: Json) -> Problem:
    with pytest.raises(Problem) as raised:
        sheet.extract(response, questionnaire)
    assert raised.value.kind == "invalid"
    for issue in raised.value.issues:
        assert issue.text
        assert issue.ja
    return raised.value


def one_fault(response: Json, questionnaire: Json) -> tuple[str, str, str]:
    (issue,) = refused(response, questionnaire).issues
    return issue.text, issue.at, issue.code


def test_the_bundle_is_a_valid_transaction_of_posts(response: Json, questionnaire: Json) -> None:
    bundle = sheet.extract(response, questionnaire)
    assert fhirkit.validate(bundle) == []
    assert bundle["type"] == "transaction"
    for entry in bundle["entry"]:
        assert entry["request"] == {"method": "POST", "url": entry["resource"]["resourceType"]}
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)


def test_the_sheet_and_its_bundle_pass_the_validation_of_the_product(
    response: Json, questionnaire: Json, spec: Spec
) -> None:
    for resource in (response, sheet.extract(response, questionnaire)):
        assert validate.validate(spec, resource, json.dumps(resource, ensure_ascii=False).encode()) == []


def test_the_same_sheet_gives_the_same_bundle_and_another_sheet_gives_other_names(
    response: Json, questionnaire: Json
) -> None:
    before = copy.deepcopy(response)
    first = sheet.extract(response, questionnaire)
    assert sheet.extract(response, questionnaire) == first
    assert response == before
    response["authored"] = "2019-02-13T10:30:00+09:00"
    assert not set(of(first, "Patient")) & set(of(sheet.extract(response, questionnaire), "Patient"))


def test_every_member_of_the_household_is_a_patient_of_the_group(response: Json, questionnaire: Json) -> None:
    bundle = sheet.extract(response, questionnaire)
    patients = of(bundle, "Patient")
    (group,) = of(bundle, "Group").values()
    assert [each["entity"]["reference"] for each in group["member"]] == list(patients)
    assert (group["type"], group["actual"], group["quantity"]) == ("person", True, 4)
    assert [each["name"][0]["given"] for each in patients.values()] == [["恵子"], ["冬美"], ["晴樹"], ["渉"]]
    assert [each["birthDate"][:4] for each in patients.values()] == ["1967", "1971", "1996", "2005"]


def test_a_name_is_represented_in_kanji_and_in_kana(response: Json, questionnaire: Json) -> None:
    mother = next(iter(of(sheet.extract(response, questionnaire), "Patient").values()))
    assert [(each["extension"][0]["valueCode"], each["family"], each["text"]) for each in mother["name"]] == [
        ("IDE", "早瀬", "早瀬 恵子"),
        ("SYL", "ハヤセ", "ハヤセ ケイコ"),
    ]


def test_a_name_may_be_parted_by_a_full_width_space_or_not_at_all(response: Json, questionnaire: Json) -> None:
    first, second, *_ = members(response)
    answer(first, "member.name", {"valueString": "早瀬　恵子"})
    answer(second, "member.name", {"valueString": "フユミ"})
    answer(second, "member.kana")
    mother, sister, *_ = of(sheet.extract(response, questionnaire), "Patient").values()
    assert mother["name"][0]["family"] == "早瀬"
    assert [(each["text"], "family" in each) for each in sister["name"]] == [("フユミ", False)]


def test_kinship_is_told_to_the_first_row_in_code_and_in_the_family_s_words(
    response: Json, questionnaire: Json
) -> None:
    bundle = sheet.extract(response, questionnaire)
    mother, *others = of(bundle, "Patient")
    kin = of(bundle, "RelatedPerson")
    assert [each["patient"]["reference"] for each in kin.values()] == [mother] * 3
    relations = [each["relationship"][0] for each in kin.values()]
    assert [(each["coding"][0]["code"], each["text"]) for each in relations] == [
        ("SIS", "妹"),
        ("SONC", "長男"),
        ("SONC", "二男"),
    ]
    linked = [of(bundle, "Patient")[other]["link"][0]["other"]["reference"] for other in others]
    assert linked == list(kin)


def test_where_the_sister_lives_stands_in_her_own_record_and_in_the_sheet_alone(
    response: Json, questionnaire: Json
) -> None:
    bundle = sheet.extract(response, questionnaire)
    telling = [
        entry["resource"]["resourceType"]
        for entry in bundle["entry"]
        if "みぎわ町" in json.dumps(entry, ensure_ascii=False)
    ]
    assert telling == ["Patient", "QuestionnaireResponse"]


def test_every_ticked_box_of_a_member_is_a_concern(response: Json, questionnaire: Json) -> None:
    answer_twice = item(members(response)[0], "member.concern")["answer"]
    answer_twice.append(answer_twice[0])
    bundle = sheet.extract(response, questionnaire)
    mother, sister, *_ = of(bundle, "Patient")
    concerns = list(of(bundle, "Condition").values())
    ticked = Counter((each["subject"]["reference"], each["code"]["coding"][0]["code"]) for each in concerns)
    assert len(concerns) == 10
    assert [code for who, code in ticked if who == mother] == ["medical", "mental-health", "disability", "debts"]
    assert [code for who, code in ticked if who == sister] == ["violence", "income-work"]
    assert {each["category"][0]["coding"][0]["code"] for each in concerns} == {"concern"}
    assert {each["recordedDate"] for each in concerns} == {"2019-02-12"}


def test_the_sheet_is_filed_about_the_household_and_as_said_by_the_person(response: Json, questionnaire: Json) -> None:
    bundle = sheet.extract(response, questionnaire)
    (filed,) = of(bundle, "QuestionnaireResponse").values()
    assert filed["subject"]["reference"] == next(iter(of(bundle, "Group")))
    assert filed["source"]["reference"] == next(iter(of(bundle, "Patient")))
    rows = [item for item in filed["item"] if item["linkId"] == "member"]
    tied = [row["extension"][0]["valueReference"]["reference"] for row in rows]
    assert tied == list(of(bundle, "Patient")), "each member's row says which Patient it is about"
    assert [{name: each for name, each in item.items() if name != "extension"} for item in filed["item"]] == response[
        "item"
    ]
    again = of(sheet.extract(response | {"item": filed["item"]}, questionnaire), "QuestionnaireResponse")
    assert {len(item["extension"]) for item in next(iter(again.values()))["item"] if "extension" in item} == {1}


def test_a_sheet_that_names_its_source_keeps_it(response: Json, questionnaire: Json) -> None:
    response["source"] = {"reference": "PractitionerRole/role-yorisoi"}
    (filed,) = of(sheet.extract(response, questionnaire), "QuestionnaireResponse").values()
    assert filed["source"] == response["source"]


def test_a_sheet_already_filed_is_put_back_in_its_place(response: Json, questionnaire: Json) -> None:
    stored = response | {"id": "s1", "meta": {"versionId": "1"}}
    entry = next(
        entry
        for entry in sheet.extract(stored, questionnaire)["entry"]
        if entry["resource"]["resourceType"] == "QuestionnaireResponse"
    )
    assert entry["request"] == {"method": "PUT", "url": "QuestionnaireResponse/s1", "ifMatch": 'W/"1"'}
    assert "meta" not in entry["resource"]


def test_only_the_mother_who_signed_has_consented(response: Json, questionnaire: Json) -> None:
    bundle = sheet.extract(response, questionnaire)
    mother = next(iter(of(bundle, "Patient")))
    (consent,) = of(bundle, "Consent").values()
    assert consent["patient"]["reference"] == mother
    assert consent["performer"] == [{"reference": mother}]
    assert consent["organization"] == [{"reference": "Organization/yorisoi-center"}]
    assert consent["sourceReference"]["reference"] == next(iter(of(bundle, "QuestionnaireResponse")))
    provision = consent["provision"]
    assert provision["period"] == {"start": "2019-02-12", "end": "2020-02-11"}
    assert [each["reference"]["reference"] for each in provision["actor"]] == [
        "Organization/health-center-kita-chuo",
        "Organization/community-care-center",
    ]
    assert [each["code"] for each in provision["purpose"]] == ["CAREMGT"]
    assert {"Patient", "Condition", "ServiceRequest"} <= {each["code"] for each in provision["class"]}


@pytest.mark.parametrize("missing", ["signature", "date", "agency"])
def test_a_consent_that_was_begun_and_not_finished_is_named_and_not_dropped(
    response: Json, questionnaire: Json, missing: str
) -> None:
    answer(item(members(response)[0], "member.consent"), f"member.consent.{missing}")
    text, at, code = one_fault(response, questionnaire)
    assert text == f"R3: the consent lacks `member.consent.{missing}`: nothing is shared by it"
    assert at.endswith(f"item.where(linkId='member.consent.{missing}')")
    assert code == "required"
    made = sheet.filing(response, questionnaire)
    assert [issue.text for issue in made.left] == [text]
    assert not any(entry["resource"]["resourceType"] == "Consent" for entry in made.entries)


def test_an_empty_signature_is_no_signature(response: Json, questionnaire: Json) -> None:
    answer(item(members(response)[0], "member.consent"), "member.consent.signature", {"valueString": "　"})
    assert "member.consent.signature" in one_fault(response, questionnaire)[0]


def test_a_consent_that_nobody_signed_or_dated_is_none(response: Json, questionnaire: Json) -> None:
    """Household H would rather not: the agencies on the form open nothing, and nothing is wrong."""
    for part in ("signature", "date"):
        answer(item(members(response)[0], "member.consent"), f"member.consent.{part}")
    assert not of(sheet.extract(response, questionnaire), "Consent")


def test_somebody_else_s_signature_is_none_unless_it_says_whose_it_is(response: Json, questionnaire: Json) -> None:
    signed = item(members(response)[0], "member.consent")
    answer(signed, "member.consent.signature", {"valueString": "早瀬 冬美"})
    text, at, _ = one_fault(response, questionnaire)
    assert text.startswith("R3: somebody else has signed")
    assert at.endswith("where(linkId='member.consent.signature')")
    answer(signed, "member.consent.proxy-relation", {"valueCoding": {"system": RELATIONS, "code": "SIS"}})
    (consent,) = of(sheet.extract(response, questionnaire), "Consent").values()
    assert consent["status"] == "proposed"


@pytest.mark.parametrize("signature", ["早瀬恵子", "早瀬　恵子", "ハヤセ ケイコ", "ﾊﾔｾ ｹｲｺ"])
def test_one_s_own_name_is_one_s_own_however_it_is_written(response: Json, questionnaire: Json, signature: str) -> None:
    answer(item(members(response)[0], "member.consent"), "member.consent.signature", {"valueString": signature})
    assert len(of(sheet.extract(response, questionnaire), "Consent")) == 1


def test_a_signature_of_a_day_after_the_sheet_is_refused(response: Json, questionnaire: Json) -> None:
    answer(item(members(response)[0], "member.consent"), "member.consent.date", {"valueDate": "2019-02-13"})
    assert "after the day of the sheet" in one_fault(response, questionnaire)[0]


# Days of birth, ages, telephones, infants


@pytest.mark.parametrize("link", ["member.birthDate", "member.birthDate-written"])
def test_a_day_of_birth_may_be_written_by_its_era(response: Json, questionnaire: Json, link: str) -> None:
    first = members(response)[0]
    answer(first, "member.birthDate")
    answer(first, link, {"valueString": "昭和４２年５月２１日"})
    bundle = sheet.extract(response, questionnaire)
    assert next(iter(of(bundle, "Patient").values()))["birthDate"] == "1967-05-21"
    (filed,) = of(bundle, "QuestionnaireResponse").values()
    row = members(filed)[0]
    assert item(row, "member.birthDate-written")["answer"] == [{"valueString": "昭和４２年５月２１日"}]
    if link == "member.birthDate":
        assert item(row, "member.birthDate")["answer"] == [{"valueDate": "1967-05-21"}], "the form asks for a date"


@pytest.mark.parametrize(
    ("link", "value", "said"),
    [
        ("member.birthDate", {"valueDate": "2030-01-01"}, "before the day of the sheet"),
        ("member.birthDate", {"valueString": "昭和70年1月1日"}, "no day"),
        ("member.birthDate", {"valueDate": "1840-01-01"}, "before the day of the sheet"),
        ("member.birthDate-written", {"valueString": "昭和12年3月2日"}, "another day"),
        ("member.age", {"valueInteger": 30}, "does not fit"),
        ("member.age", {"valueInteger": -1}, "does not fit"),
    ],
)
def test_a_day_or_age_that_cannot_be_is_refused_where_it_stands(
    response: Json, questionnaire: Json, link: str, value: Json, said: str
) -> None:
    answer(members(response)[0], link, value)
    text, at, _ = one_fault(response, questionnaire)
    assert said in text
    assert at.endswith(f"where(linkId='member')[0].item.where(linkId='{link}')")


def test_an_age_without_a_day_of_birth_is_kept_as_it_was_said_that_day(response: Json, questionnaire: Json) -> None:
    first = members(response)[0]
    answer(first, "member.birthDate")
    answer(first, "member.age", {"valueInteger": 51})
    bundle = sheet.extract(response, questionnaire)
    assert fhirkit.validate(bundle) == []
    assert "birthDate" not in next(iter(of(bundle, "Patient").values())), "a year would be guessed"
    (age,) = of(bundle, "Observation").values()
    assert (age["valueQuantity"]["value"], age["valueQuantity"]["code"], age["effectiveDateTime"]) == (
        51, "a", "2019-02-12",
    )  # fmt: skip
    assert age["derivedFrom"] == [{"reference": next(iter(of(bundle, "QuestionnaireResponse")))}]


def test_several_telephones_are_each_their_own(response: Json, questionnaire: Json) -> None:
    phones = [{"valueString": "086-000-0001、090-0000-0002"}, {"valueString": "086-000-0003 内線 12"}]
    answer(members(response)[0], "member.phone", *phones)
    mother = next(iter(of(sheet.extract(response, questionnaire), "Patient").values()))
    assert [each["value"] for each in mother["telecom"]] == ["086-000-0001", "090-0000-0002", "086-000-0003 内線 12"]


@pytest.mark.parametrize(
    "known", [{"member.birthDate": {"valueDate": "2018-12-01"}}, {"member.age": {"valueInteger": 0}}]
)
def test_an_infant_need_not_have_a_name_yet(response: Json, questionnaire: Json, known: dict[str, Json]) -> None:
    infant = members(response)[3]
    for link in ("member.name", "member.kana", "member.birthDate"):
        answer(infant, link)
    for link, value in known.items():
        answer(infant, link, value)
    bundle = sheet.extract(response, questionnaire)
    assert list(of(bundle, "Patient").values())[3]["name"] == [{"use": "temp", "text": "（命名前）"}]
    assert fhirkit.validate(bundle) == []


def test_a_concern_of_the_household_as_a_whole_is_about_the_household(response: Json, questionnaire: Json) -> None:
    answer(response, "household-concern", {"valueCoding": {"system": FIELDS, "code": "housing"}})
    bundle = sheet.extract(response, questionnaire)
    assert [
        each["code"]["coding"][0]["code"]
        for each in of(bundle, "Condition").values()
        if each["subject"]["reference"] == next(iter(of(bundle, "Group")))
    ] == ["housing"]


# 紹介先


def referred(response: Json, **answers: str) -> None:
    said = [
        {
            "linkId": "referral.agency",
            "answer": [{"valueReference": {"reference": "Organization/health-center-kita-chuo"}}],
        },
        {"linkId": "referral.reason", "answer": [{"valueString": "眠れていない"}]},
    ]
    said += [{"linkId": f"referral.{link}", "answer": [{"valueString": text}]} for link, text in answers.items()]
    response["item"].append({"linkId": "referral", "item": said})


def test_a_referral_on_the_sheet_is_a_request_and_its_task(response: Json, questionnaire: Json, spec: Spec) -> None:
    referred(response)
    referred(response, **{"notice": "明日行かれます", "notice-waived": "電話で話し済み"})
    bundle = sheet.extract(response, questionnaire)
    assert validate.validate(spec, bundle, json.dumps(bundle, ensure_ascii=False).encode()) == []
    mother = next(iter(of(bundle, "Patient")))
    requests, tasks = of(bundle, "ServiceRequest"), of(bundle, "Task")
    assert [each["focus"]["reference"] for each in tasks.values()] == list(requests)
    assert {each["owner"]["reference"] for each in tasks.values()} == {"Organization/health-center-kita-chuo"}
    first, second = requests.values()
    assert first["subject"]["reference"] == mother
    assert first["supportingInfo"] == [{"reference": next(iter(of(bundle, "QuestionnaireResponse")))}]
    assert len(first["reasonReference"]) == 4, "what the person ticked"
    assert [each["url"].rpartition("/")[2] for each in second["extension"]] == ["sheet-used", "notice-waived"]
    (word,) = of(bundle, "Communication").values()
    assert word["about"] == [{"reference": list(requests)[1]}]


# A household that is known


def known(response: Json, questionnaire: Json) -> tuple[Json, Json]:
    """The sheet as it was filed, about a household of the first three members, and that Group."""
    filed = next(iter(of(sheet.extract(response, questionnaire), "QuestionnaireResponse").values()))
    ids = ["p0", "p1", "p2"]
    for row, id in zip(members(filed), [*ids, None], strict=True):
        if id is None:
            del row["extension"]
        else:
            row["extension"][0]["valueReference"]["reference"] = f"Patient/{id}"
    filed["subject"] = {"reference": "Group/g"}
    entities = [{"entity": {"reference": f"Patient/{id}"}} for id in ids]
    return filed, {"resourceType": "Group", "id": "g", "meta": {"versionId": "3"}, "member": entities, "quantity": 3}


def test_a_household_that_is_known_is_not_recorded_a_second_time(response: Json, questionnaire: Json) -> None:
    again, group = known(response, questionnaire)
    bundle = sheet.extract(again, questionnaire, group)
    (new,) = of(bundle, "Patient").values()
    assert new["name"][0]["given"] == ["渉"]
    joined = next(entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Group")
    assert joined["request"] == {"method": "PUT", "url": "Group/g", "ifMatch": 'W/"3"'}
    assert [each["entity"]["reference"] for each in joined["resource"]["member"][:3]] == [
        "Patient/p0", "Patient/p1", "Patient/p2",
    ]  # fmt: skip
    assert joined["resource"]["quantity"] == 4
    assert {each["patient"]["reference"] for each in of(bundle, "RelatedPerson").values()} == {"Patient/p0"}
    assert {each["subject"]["reference"] for each in of(bundle, "Condition").values()} > {"Patient/p0", "Patient/p1"}


@pytest.mark.parametrize("household", [True, False])
def test_a_row_tied_to_somebody_of_another_household_is_refused(
    response: Json, questionnaire: Json, household: bool
) -> None:
    again, group = known(response, questionnaire)
    group["member"] = group["member"][1:]
    with pytest.raises(Problem) as raised:
        sheet.extract(again, questionnaire, group if household else None)
    assert raised.value.issues[0].at == "QuestionnaireResponse.item.where(linkId='member')[0]"


def test_a_consent_opens_only_the_records_that_were_chosen(response: Json, questionnaire: Json) -> None:
    chosen = {"valueCoding": {"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}}
    answer(item(members(response)[0], "member.consent"), "member.consent.record", chosen)
    (consent,) = of(sheet.extract(response, questionnaire), "Consent").values()
    assert consent["provision"]["class"] == [chosen["valueCoding"]]


def test_a_proxy_who_signs_for_a_member_is_the_performer(response: Json, questionnaire: Json) -> None:
    signed = copy.deepcopy(item(members(response)[0], "member.consent"))
    mother = {"valueCoding": {"system": RELATIONS, "code": "MTH"}}
    answer(signed, "member.consent.proxy-relation", mother)
    members(response)[3]["item"].append(signed)
    bundle = sheet.extract(response, questionnaire)
    assert fhirkit.validate(bundle) == []
    second_son = list(of(bundle, "Patient"))[3]
    consent = next(each for each in of(bundle, "Consent").values() if each["patient"]["reference"] == second_son)
    proxy = of(bundle, "RelatedPerson")[consent["performer"][0]["reference"]]
    assert proxy["patient"]["reference"] == second_son
    assert proxy["relationship"][0]["coding"][0]["code"] == "MTH"
    assert proxy["name"] == [{"text": "早瀬 恵子"}]
    assert consent["status"] == "proposed", "who signs for another was recorded beforehand, or it is no more than that"


@pytest.mark.parametrize("blank", [[], [{"valueString": " "}]])
def test_a_missing_name_is_refused_at_its_row(response: Json, questionnaire: Json, blank: list[Json]) -> None:
    answer(members(response)[1], "member.name", *blank)
    assert one_fault(response, questionnaire) == (
        "`member.name` is missing",
        "QuestionnaireResponse.item.where(linkId='member')[1].item.where(linkId='member.name')",
        "required",
    )


def test_an_unknown_field_of_concern_is_refused(response: Json, questionnaire: Json) -> None:
    answer(members(response)[2], "member.concern", {"valueCoding": {"system": FIELDS, "code": "astrology"}})
    text, at, code = one_fault(response, questionnaire)
    assert "`astrology`" in text
    assert at.endswith("where(linkId='member')[2].item.where(linkId='member.concern')")
    assert code == "code-invalid"


def test_a_known_code_of_another_system_is_refused(response: Json, questionnaire: Json) -> None:
    answer(members(response)[2], "member.concern", {"valueCoding": {"system": "http://loinc.org", "code": "care"}})
    assert one_fault(response, questionnaire)[2] == "code-invalid"


def test_two_heads_are_refused(response: Json, questionnaire: Json) -> None:
    answer(members(response)[3], "member.relation", {"valueCoding": {"system": RELATIONS, "code": "ONESELF"}})
    text, at, _ = one_fault(response, questionnaire)
    assert "two heads" in text
    assert at.endswith("where(linkId='member')[3].item.where(linkId='member.relation')")


def test_a_first_row_that_is_not_the_person_is_refused(response: Json, questionnaire: Json) -> None:
    answer(members(response)[0], "member.relation", {"valueCoding": {"system": RELATIONS, "code": "SIS"}})
    assert "first member" in one_fault(response, questionnaire)[0]


def test_a_sheet_without_members_is_refused(response: Json, questionnaire: Json) -> None:
    response["item"] = [each for each in response["item"] if each["linkId"] != "member"]
    assert one_fault(response, questionnaire)[0] == "`member` is missing"


def test_a_sheet_that_did_not_ask_for_other_troubles_is_refused(response: Json, questionnaire: Json) -> None:
    answer(response, "other-troubles")
    assert one_fault(response, questionnaire)[0] == "R2: `other-troubles` is missing"


def test_that_there_are_no_other_troubles_is_an_answer(response: Json, questionnaire: Json) -> None:
    answer(response, "other-troubles", {"valueBoolean": False})
    assert sheet.extract(response, questionnaire)


def test_an_item_that_is_not_on_the_sheet_is_refused(response: Json, questionnaire: Json) -> None:
    answer(response, "horoscope", {"valueString": "leo"})
    assert "`horoscope`" in one_fault(response, questionnaire)[0]


def test_an_answer_of_another_kind_is_refused(response: Json, questionnaire: Json) -> None:
    answer(members(response)[0], "member.phone", {"valueDate": "2019-02-12"})
    assert "valueString" in one_fault(response, questionnaire)[0]


@pytest.mark.parametrize("link", ["member.birthDate", "member.consent"])
def test_an_item_that_is_answered_more_than_once_is_refused(response: Json, questionnaire: Json, link: str) -> None:
    first = members(response)[0]
    first["item"].append(copy.deepcopy(item(first, link)))
    assert one_fault(response, questionnaire)[0] == f"`{link}` is answered more than once"


def test_every_fault_is_told_at_once(response: Json, questionnaire: Json) -> None:
    answer(members(response)[0], "member.name")
    answer(members(response)[1], "member.relation")
    answer(response, "officer")
    texts = [issue.text for issue in refused(response, questionnaire).issues]
    assert texts == ["`officer` is missing", "`member.relation` is missing", "`member.name` is missing"]


def test_a_sheet_still_being_filled_in_is_refused(response: Json, questionnaire: Json) -> None:
    response["status"] = "in-progress"
    assert one_fault(response, questionnaire)[1] == "QuestionnaireResponse.status"


def test_a_response_to_another_form_is_refused(response: Json, questionnaire: Json) -> None:
    response["questionnaire"] = "https://example.org/Questionnaire/other"
    assert one_fault(response, questionnaire)[1] == "QuestionnaireResponse.questionnaire"


def test_the_form_may_be_named_with_its_version(response: Json, questionnaire: Json) -> None:
    response["questionnaire"] += "|0.1.0"
    assert sheet.extract(response, questionnaire)


def test_a_sheet_of_an_earlier_version_is_read_by_it_and_says_which_it_is(response: Json, questionnaire: Json) -> None:
    """What a later version came to ask, an earlier one has no answer to."""
    later = {"household-concern", "member.age", "member.birthDate-written", "referral.notice-waived"}

    def earlier(items: list[Json]) -> list[Json]:
        kept = [each for each in items if each["linkId"] not in later]
        return [each | ({"item": earlier(each["item"])} if "item" in each else {}) for each in kept]

    older = questionnaire | {"version": "0.1.0", "item": earlier(questionnaire["item"])}
    bundle = sheet.extract(response | {"item": earlier(response["item"])}, older)
    (filed,) = of(bundle, "QuestionnaireResponse").values()
    assert filed["questionnaire"] == f"{questionnaire['url']}|0.1.0"
    assert len(of(bundle, "Patient")) == 4
    (now,) = of(sheet.extract(response, questionnaire), "QuestionnaireResponse").values()
    assert now["questionnaire"] == f"{questionnaire['url']}|{questionnaire['version']}"


def test_a_referral_to_words_alone_is_told_and_not_sent(response: Json, questionnaire: Json) -> None:
    named = {"linkId": "referral.agency", "answer": [{"valueReference": {"display": "となりの市の窓口"}}]}
    reason = {"linkId": "referral.reason", "answer": [{"valueString": "転居"}]}
    response["item"] = [each for each in response["item"] if each["linkId"] != "referral"]
    response["item"].append({"linkId": "referral", "item": [named, reason]})
    filing = sheet.filing(response, questionnaire)
    assert [issue.text.partition(" is")[0] for issue in filing.left] == ["`となりの市の窓口`"]
    assert not any(each["resource"]["resourceType"] == "ServiceRequest" for each in filing.entries)
