"""What somebody does, over HTTP.

docs/testing.md
"""

from __future__ import annotations

from pytest_bdd import parsers, when

from demo.people import CONFERENCE
from tests.features.steps.phrases import ASKER, KIND, RECORD
from tests.world import casework, household
from tests.world.scene import PURPOSES, Scene
from tests.world.words import WHAT, WHO


@when(parsers.re(ASKER + RECORD + r"(の記録)?を読む"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    scene.answer = scene.person(who, purpose or "").get(scene.place(what))


@when(parsers.re(ASKER + KIND + r"を検索する"))
def _(scene: Scene, who: str, purpose: str | None, kind: str) -> None:
    scene.answer = scene.search(scene.person(who, purpose or ""), kind)


@when(parsers.re(ASKER + r"(?P<task>紹介の仕事|調整の仕事)を「(?P<status>[a-z-]+)」にする"))
def _(scene: Scene, who: str, purpose: str | None, task: str, status: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], WHAT[task], PURPOSES[purpose or ""], status=status)


@when(parsers.re(ASKER + RECORD + r"(の記録)?に書き込む"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    """With an If-Match on version 1, whether or not the writer can read it."""
    kind, _, identity = scene.place(what).partition("/")
    resource = {"resourceType": kind, "id": identity, "meta": {"versionId": "1"}}
    scene.answer = scene.person(who, purpose or "").put(resource)


@when(parsers.re("(?P<who>[^が]+)が、" + RECORD + "(に|から)機密度「(?P<code>[A-Z])」を(?P<done>付ける|外す)"))
def _(scene: Scene, who: str, what: str, code: str, done: str) -> None:
    scene.answer = household.relabel(scene.person(who), scene.place(what), household.level(code), done)


@when(parsers.re(ASKER + RECORD + r"(の記録)?を消す"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    scene.answer = scene.person(who, purpose or "").send("DELETE", scene.place(what))


@when(parsers.re(r"(?P<who>[^が]+)が一週間の表を「(?P<form>[^」]+)」で見る"))
def _(scene: Scene, who: str, form: str) -> None:
    scene.answer = scene.timetable(who, form)


@when(parsers.re(r"(?P<who>[^が]+)が会議を開く"))
def _(scene: Scene, who: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], "conference", CONFERENCE, status="in-progress")


@when("推進員が、連携先が決まったと理由を書いて調整を終える")
def _(scene: Scene) -> None:
    why = {"text": "連携先が決まり、計画を要しない"}
    scene.answer = casework.change(scene.city, "coordinator", "coordination", status="completed", statusReason=why)


@when("寄り添いサポートセンターの担当者が、理由を書いて調整を取り下げる")
def _(scene: Scene) -> None:
    why = {"text": "世帯が市外に移った"}
    scene.answer = casework.change(scene.city, "yorisoi", "coordination", status="cancelled", statusReason=why)


@when("所管課長が会議を閉じる")
def _(scene: Scene) -> None:
    scene.answer = casework.close_meeting(scene.city)
    assert scene.answer.status == 200
