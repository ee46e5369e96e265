from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from api.beside.overlaps import Overlaps
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.town import actor, patient
from tests.world.acting import Acting
from tests.world.ruled import unruled

scenarios("overlap.feature")

Json = dict[str, Any]
MOTHER = {"name": [{"family": "水無瀬", "given": ["かおり"]}], "birthDate": "1976-05-14", "gender": "female"}
DIFFERENT: dict[str, Json] = {
    "生年月日の違う同じ氏名": {"birthDate": "1976-05-15"},
    "名の違う同じ生年月日": {"name": [{"family": "水無瀬", "given": ["みどり"]}]},
    "性別の違う同じ氏名": {"gender": "male"},
}


def look(town: Acting) -> None:
    """Who is new is looked at, as the server does it beside the requests."""

    async def looked() -> None:
        work = Overlaps(town.calling.town.gate, town.calling.town.store.vault, town.clock)
        while await work.waiting():
            await work.step()

    town.calling.town.run(looked())


def letters(town: Acting, who: str) -> list[Json]:
    return town.found(who, "Communication?category=overlap-notice")


@given("センターが、母を記録している")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), patient("1") | MOTHER)
    look(town)


@given("センターが、母のことで別の機関に依頼している")
def _(town: Acting) -> None:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.made("p", "依頼", task | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})


@given("母の居所が秘匿されている")
def _(town: Acting) -> None:
    town.calling.town.protect(actor("p"), "Patient/1", "HealthcareService/desk")


@given("母と、別の機関が記録した同じ人が、統合されている")
def _(town: Acting) -> None:
    inner = town.calling.town
    inner.write(actor("q"), patient("2") | MOTHER)
    asked: Json = {"resourceType": "Task", "id": "shown", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/2"), "requester": ref("Organization/other"), "owner": ref("Organization/center")}
    inner.write(actor("q"), asked)
    merges.answer(inner, actor("q"), merges.ask(inner, actor("p"), "1", "2"))
    look(town)


@given("別の機関が、その人の居所を秘匿している")
def _(town: Acting) -> None:
    town.calling.town.protect(actor("q"), "Patient/2", "Organization/other")


@when("三つ目の機関が、同じ氏名と生年月日の人を記録する")
def _(town: Acting) -> None:
    town.made("co", "人", {"resourceType": "Patient"} | MOTHER)
    look(town)


@then("推進員に、三つ目の機関と統合された二つの記録についての知らせが届いている")
def _(town: Acting) -> None:
    about = [{each["reference"] for each in letter["about"]} for letter in letters(town, "co")]
    assert sorted(map(sorted, about)) == sorted(sorted({each, town.known["人"]}) for each in ("Patient/1", "Patient/2"))


@when(parsers.re("別の機関が、(?P<how>.+)の人を記録する"))
def _(town: Acting, how: str) -> None:
    town.made("q", "人", {"resourceType": "Patient"} | MOTHER | DIFFERENT.get(how, {}))
    look(town)


@when("別の機関が、その人の電話番号を書き足す")
def _(town: Acting) -> None:
    assert town.put("q", "人", telecom=[{"system": "phone", "value": "086-000-0000"}]).status == 200, town.said
    look(town)


@when("別の機関が、別々の支援の知らせを自分で書く")
def _(town: Acting) -> None:
    letter: Json = {"resourceType": "Communication", "status": "completed"}
    town.create("q", "知らせ", letter | {"category": [concept("communication-category", "overlap-notice")]})


@then("推進員に、二つの機関と二つの記録を示す知らせが1通届いている")
def _(town: Acting) -> None:
    [letter] = letters(town, "co")
    assert {each["reference"] for each in letter["about"]} == {"Patient/1", town.known["人"]}
    told = {each["contentString"] for each in letter["payload"]}
    assert {"Organization/center: Patient/1", f"Organization/other: {town.known['人']}"} < told
    assert "水無瀬" not in town.said


@when("二か月がたつ")
def _(town: Acting) -> None:
    town.on("2027-01-25")


@then("推進員の「することの一覧」に、その知らせが出る")
def _(town: Acting) -> None:
    [letter] = letters(town, "co")
    assert [each["record"] for each in town.items("co", "overlap")] == [ref(f"Communication/{letter['id']}")]


@then(parsers.re("(?P<whom>推進員|センター、別の機関、主管課)の「することの一覧」に、その知らせは出ない"))
def _(town: Acting, whom: str) -> None:
    for who in ("co",) if whom == "推進員" else ("p", "q", "lead", "conv"):
        assert (who, town.items(who, "overlap")) == (who, [])


@then("センター、別の機関、主管課には、その知らせは見えない")
def _(town: Acting) -> None:
    [letter] = letters(town, "co")
    for who in ("p", "q", "lead", "conv", "aud", "em"):
        assert (who, letters(town, who)) == (who, [])
        assert town.ask(who, "GET", f"Communication/{letter['id']}").status == 404


@then("推進員に、どちらの人の記録も見えない")
def _(town: Acting) -> None:
    for name in ("Patient/1", town.known["人"]):
        assert town.ask("co", "GET", name).status == 404


@then("推進員に知らせは届いていない")
def _(town: Acting) -> None:
    assert letters(town, "co") == []


@then("許されない")
def _(town: Acting) -> None:
    assert town.answer.status == 403, town.said
    assert unruled(town.answer.body) == []
    assert "R40" in town.rules
