from __future__ import annotations

from datetime import UTC, datetime

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import CONFERENCE
from tests.features.steps.phrases import RECORD
from tests.world import casework
from tests.world.scene import PURPOSES, Scene
from tests.world.words import AGENCIES, WHO

scenarios("explain.feature")


@when("いまの時刻を覚えておく")
def _(scene: Scene) -> None:
    scene.remembered["時刻"] = datetime.now(UTC).isoformat()


@when("母が同意を取り消し、保健センターの担当者がもう一度母の記録を読もうとする")
def _(scene: Scene) -> None:
    revoked = casework.change(scene.city, "yorisoi", "consent", status="inactive")
    assert revoked.status == 200, revoked.text
    assert scene.city.officer("health-center").get(scene.place("母")).status == 404


@when(
    parsers.re(
        r"仕事だけを読めるトークンで、(?P<who>[^が]+)が、自分(?P<agency>の機関)?が"
        + RECORD
        + r"(の記録)?を読める理由を問う"
    )
)
def _(scene: Scene, who: str, agency: str | None, what: str) -> None:
    asking = scene.city.people.officer(WHO[who], scope="user/Task.rs")
    asked = {"actor": AGENCIES[who.removesuffix("の担当者")]} if agency else {}
    scene.answer = asking.get(f"{scene.place(what)}/$explain-access", **asked)


@when(parsers.re(r"(?P<who>[^が]+)が、ふだんの業務のトークンで、自分が会議のためなら" + RECORD + "を読める理由を問う"))
def _(scene: Scene, who: str, what: str) -> None:
    scene.answer = scene.person(who).get(f"{scene.place(what)}/$explain-access", purpose=CONFERENCE)


@given("会議が開かれていた時刻を覚えておく")
def _(scene: Scene) -> None:
    """The last thing done so far is the second acknowledgement."""
    letter = scene.city.officer("child-guidance", CONFERENCE).get(scene.city.known["opening-notice-child-guidance"])
    scene.remembered["時刻"] = letter.json["meta"]["lastUpdated"]


@when(parsers.re(r"(?P<who>[^が]+)が、自分が(?P<purpose>会議のために)?" + RECORD + r"(の記録)?を読める理由を問う"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    scene.remembered |= {"問うた人": who, "目的": purpose or "", "問うた記録": scene.place(what)}
    scene.answer = scene.person(who, purpose or "").get(f"{scene.place(what)}/$explain-access")


@when(
    parsers.re(
        r"(?P<who>[^が]+)が、(?P<then>覚えた時刻に)?"
        r"(?P<whom>[^が自]+)が(?P<purpose>会議のために)?" + RECORD + r"(の記録)?を読め[るた]理由を問う"
    )
)
def _(scene: Scene, who: str, then: str | None, whom: str, purpose: str | None, what: str) -> None:
    asked = {"actor": f"Practitioner/practitioner-{WHO[whom]}", "purpose": PURPOSES[purpose or ""]}
    if then:
        asked["at"] = scene.remembered["時刻"]
    asking = scene.person(who, "監査のために" if who == "監査担当" else "")
    scene.answer = asking.get(f"{scene.place(what)}/$explain-access", **asked)


@then(parsers.re(r"説明は「(?P<decision>permit|deny)」(で、(?P<rule>[PD]\d+|scope) を挙げる)?"))
def _(scene: Scene, decision: str, rule: str | None) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert _values(scene.answer, "decision") == [decision]
    if rule:
        assert scene.answer.says(rule), scene.answer.text


@then("ない記録について問うても、番号のほかは同じ説明になる")
def _(scene: Scene) -> None:
    kind, _, identity = scene.remembered["問うた記録"].partition("/")
    other = identity[:-1] + ("0" if identity[-1] != "0" else "1")
    absent = scene.person(scene.remembered["問うた人"], scene.remembered["目的"]).get(f"{kind}/{other}/$explain-access")
    assert absent.status == scene.answer.status
    assert _timeless(absent, other) == _timeless(scene.answer, identity)


@then(parsers.re(r"答えに「(?P<word>[^」]+)」という語がある"))
def _(scene: Scene, word: str) -> None:
    assert scene.answer.says(word)


@then(parsers.re(r"答えに「(?P<word>[^」]+)」という語はない"))
def _(scene: Scene, word: str) -> None:
    assert not scene.answer.says(word)


@then("説明の根拠に同意書の版がある")
def _(scene: Scene) -> None:
    assert scene.answer.says(f"{scene.place('同意書')}/_history/1")


def _timeless(answer: Answer, identity: str) -> str:
    instants = [part["valueInstant"] for part in answer.json["parameter"] if "valueInstant" in part]
    text = answer.text.replace(identity, "*")
    for instant in instants:
        text = text.replace(instant, "*")
    return text


def _values(answer: Answer, name: str) -> list[str]:
    return [part["valueCode"] for part in answer.json["parameter"] if part["name"] == name]
