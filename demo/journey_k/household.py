"""3 and 4. The sheet of the whole household; where the mother is stays secret, the son refuses, nothing is shared.

docs/domain.md R1 to R4, decision 6; docs/policy.md D1
"""

from __future__ import annotations

from demo.journey.city import City
from demo.journey.narration import Narration
from demo.journey_k import change
from demo.people import CARE

WHEREABOUTS = "岡山県岡山市東区あさなぎ町一丁目８番地"
"""Where the mother stays after the discharge."""


def file(city: City) -> list[Narration]:
    filed = city.officer("community-support-naka").post("QuestionnaireResponse/$submit", city.payload("sheet"))
    if filed.done:
        persons = [each for each in filed.created if each.startswith("Patient/")]
        city.known |= dict(zip(("mother", "son"), persons, strict=True))
        city.known["household"] = next(each for each in filed.created if each.startswith("Group/"))
        city.known["sheet"] = next(each for each in filed.created if each.startswith("QuestionnaireResponse/"))
        concerns = city.officer("community-support-naka").search("Condition", subject=persons[1], code=_MENTAL)
        city.known["son-concern"] = next(iter(concerns.references), "Condition/none")
    return [
        city.tell(
            *("3", "community-support-naka", "母と長男のつなぐシートを提出する"),
            *("files the sheet of the mother and her son", filed),
            expect=201,
        )
    ]


def protect(city: City) -> list[Narration]:
    """She goes to a short stay that her son must not know of: what is written there later is secret at once."""
    keeper = "community-support-naka"
    protected = city.officer(keeper).post(f"{city.known['mother']}/$protect", city.payload("protection"))
    moved = change.record(city, keeper, "mother", address=[{"use": "temp", "text": WHEREABOUTS, "country": "JP"}])
    return [
        city.tell("3", keeper, "母の居所を秘匿にする", "keeps the mother's whereabouts secret", protected),
        city.tell("3", keeper, "退院先の住所を書く", "writes where she went", moved),
    ]


def refuse(city: City) -> list[Narration]:
    """The son says by letter that nothing about him may be passed on; nobody has signed anything else."""
    keeper = city.officer("community-support-naka")
    paper = keeper.post("DocumentReference", city.payload("paper"))
    if paper.done:
        city.known["paper"] = paper.created[0]
    refused = keeper.post("Consent", city.payload("refusal"))
    center = city.officer("health-center-naka")
    found = center.search("Condition", subject=city.known["son"])
    concern = city.known["son-concern"]
    why = city.explain(concern, actor="Practitioner/practitioner-health-center-naka", purpose=CARE)
    return [
        city.tell(
            *("4", "community-support-naka", "長男の、情報の提供を断る書面を登録する"),
            *("files the son's letter that nothing is passed on", refused),
            expect=201,
        ),
        city.tell(
            *("4", "health-center-naka", "同意のない長男の困りごとを読もうとする"),
            *("tries the son's concern without a consent", center.get(concern)),
            expect=404,
            why=why,
        ),
        city.tell(
            *("4", "health-center-naka", "長男の困りごとを検索する", "searches the son's concerns", found),
            holds=found.total == 0,
            reason="0 件",
        ),
    ]


_MENTAL = "https://tsunagu.example/fhir/CodeSystem/concern-field|mental-health"
