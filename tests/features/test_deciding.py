from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import CONFERENCE
from tests.world import casework, conferences
from tests.world.scene import Scene

scenarios("deciding.feature")

_BASE = "https://tsunagu.example/fhir"
_KIND = {"coding": [{"system": f"{_BASE}/CodeSystem/conference-kind", "code": "adviser-conference"}]}
_DECISIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "方向性も優先順位もない決定": ("decided", ()),
    "優先順位のない決定": ("decided", (("direction", "受診を最優先に支える"),)),
    "方向性と優先順位のある決定": (
        "decided",
        (("direction", "受診を最優先に支える"), ("priority", "母の受診"), ("priority", "家計の立て直し")),
    ),
    "決められなかったこと": ("undecided", ()),
}


def close(scene: Scene, what: str) -> Answer:
    outcome, said = _DECISIONS[what]
    return conferences.close(scene.city, outcome, *said)


@given("所管課長が、決められなかったことを記録して会議を閉じている")
def _(scene: Scene) -> None:
    assert close(scene, "決められなかったこと").status == 200


@when(parsers.parse("所管課長が、{what}を記録して会議を閉じる"))
def _(scene: Scene, what: str) -> None:
    scene.answer = close(scene, what)


@given("所管課長がアドバイザー会議を招集している")
def _(scene: Scene) -> None:
    made = casework.convene(scene.city, type=[_KIND], participant=conferences.advised(scene.city))
    assert made.status == 201, made.text


@when("所管課長が、答えを求めてアドバイザー会議を開く")
def _(scene: Scene) -> None:
    scene.answer = conferences.changed(scene.city, status="in-progress")


@when("所管課長がケース検討会を招集し、アドバイザー会議に変える")
def _(scene: Scene) -> None:
    assert casework.convene(scene.city, participant=conferences.advised(scene.city)).status == 201
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, type=[_KIND])


@when(parsers.re("所管課長が(?P<without>、アドバイザーを招かずに)?アドバイザー会議を招集する"))
def _(scene: Scene, without: str | None) -> None:
    seats = casework.full_roster(scene.city) if without else conferences.advised(scene.city)
    scene.answer = casework.convene(scene.city, type=[_KIND], participant=seats)


def draft(scene: Scene) -> None:
    drafted = casework.draft_plan(scene.city, "coordinator", CONFERENCE)
    assert drafted.status == 201, drafted.text


def decide(scene: Scene) -> None:
    officer, case = scene.city.officer("lead-section", CONFERENCE), scene.place("事例")
    decided = officer.post(f"{case}/$decide-roles", scene.city.payload("decide-roles"))
    assert decided.status == 201, decided.text


_DONE = {
    "役割も計画も決めていない": (),
    "計画だけを書いている": (draft,),
    "役割を決め、その後に計画を書いている": (decide, draft),
    "計画を書き、その後に役割を決めている": (draft, decide),
}


@given(parsers.re("会議のうちに、(?P<done>.+)"))
def _(scene: Scene, done: str) -> None:
    for act in _DONE[done]:
        act(scene)


@when("所管課長が、答えを求めて、方向性と優先順位を決めて会議を閉じる")
def _(scene: Scene) -> None:
    outcome, said = _DECISIONS["方向性と優先順位のある決定"]
    scene.answer = conferences.close(scene.city, outcome, *said, asking=True)


@then(parsers.parse("促しは「{rules}」"))
def _(scene: Scene, rules: str) -> None:
    urged = [each for each in scene.answer.json["issue"] if each["severity"] == "warning"]
    named = [each["details"]["coding"][0]["code"] for each in urged]
    assert named == ([] if rules == "なし" else rules.split("、")), scene.answer.text
