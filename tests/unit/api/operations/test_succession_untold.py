"""That an agency has a successor is told to nobody whom it does not concern, and of what was undone nothing is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from consent.acts import naming_successor
from consent.acts.naming_successor import Naming
from profiles.spec import Spec
from tests.laws.worlds import concept, ref
from tests.unit.api.conftest import Calling
from tests.unit.api.operations import test_export as export
from tests.unit.consent.acts.test_naming_successor import COUNCIL, end
from tests.unit.consent.acts.test_transferring import EVERYBODY
from tests.unit.consent.town import actor, case, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.world.acting import Acting, acting

Json = dict[str, Any]

CENTER, OTHER = "Organization/center", "Organization/other"
ASKED = (
    *(
        "Condition?_total=accurate",
        "Condition/c",
        "Condition/c/_history",
        "Condition/c/_history/1",
        "Condition/_history",
    ),
    *("Patient?_revinclude=Condition:subject", "Patient?_has:Condition:subject:code=debts", "Patient/1/_history"),
    *("Condition?subject:Patient.name=水無瀬", "Condition?_sort=-_lastUpdated&_count=1", "Condition?_summary=count"),
    *("Task?_include=Task:focus&_include:iterate=Condition:subject", "Task?owner=Organization/center", "Task"),
    *("Group/g", "Group?member=Patient/1", "Group/g/$everything", "Patient/1/$everything", "CarePlan", "CareTeam"),
    *("Group/g/$who-can-see", "Patient/1/$who-can-see", "Patient/7/$who-can-see", "Condition/c/$explain-access"),
    *("Communication", "Consent", "List", "Provenance", "$worklist", "Organization/other", "Organization/center"),
    *("Organization?_revinclude=Task:owner", "PractitionerRole?organization=Organization/center", "Flag"),
)


@pytest.fixture
def town(tmp_path: Path, spec: Spec) -> Iterator[Acting]:
    """The center kept a household and was asked by the council about somebody whom that registered; it has ended."""
    with acting(tmp_path, spec) as found:
        inner, p, em = found.calling.town, actor("p"), actor("em")
        inner.write(p, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"), concern("d", "2"))
        inner.sign(p, consent("a", provision=EVERYBODY))
        inner.write(em, patient("7"), concern("x", "7"))
        task: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
        task |= {"for": ref("Patient/7"), "requester": ref(COUNCIL), "owner": ref(CENTER), "focus": ref("Condition/x")}
        inner.write(em, task)
        end(inner)
        yield found


def named(town: Acting, *, undo: bool = False) -> None:
    said = Naming(CENTER, "" if undo else OTHER, "事業の終了に伴い、引き継ぐ", undo)
    do = partial(naming_successor.named, said=said)
    town.calling.town.run(town.calling.town.gate.operate(actor("lead"), ("$name-successor", CENTER), do))


def everything(town: Acting, who: str) -> dict[str, tuple[int, str]]:
    """What every question comes to, but for the instant of the answer."""
    found = {}
    for url in ASKED:
        answer = town.ask(who, "GET", url)
        said = re.sub(r'"(date|timestamp|valueInstant)":"[^"]*"|cursor=[^"]*', "", answer.body.decode())
        found[url] = (answer.status, said)
    return found


@pytest.mark.parametrize("who", ["em", "co", "p"])
def test_whom_it_does_not_concern_nothing_changes(town: Acting, who: str) -> None:
    before = everything(town, who)
    named(town)
    after = everything(town, who)
    # Who has an open request with the former, and whoever works there, is told by a letter that names two agencies.
    told = {"Communication", "$worklist"} if who in ("em", "co") else set()
    changed = {url for url in ASKED if before[url] != after[url]}
    assert changed <= told
    assert ("Communication" in changed) == bool(told)


def test_the_successor_is_answered_as_the_former_and_undone_as_before(town: Acting) -> None:
    before = everything(town, "q")
    named(town)
    assert everything(town, "q")["Condition?_summary=count"] != before["Condition?_summary=count"]
    named(town, undo=True)
    after = everything(town, "q")
    told = {url for url in ASKED if url.startswith("Task") or url.endswith("_revinclude=Task:owner")}
    assert {url for url in ASKED if before[url] != after[url]} <= told


def test_what_is_written_on_a_condition_meets_no_record_that_is_not_seen(town: Acting) -> None:
    new = concern("n", "7", code=concept("concern-field", "housing"))
    new.pop("id")

    def asked(who: str, field: str) -> int:
        headers = {"if-none-exist": f"subject=Patient/1&code={field}"}
        return town.calling.ask(actor(who), "POST", "Condition", new, headers).status

    before = asked("em", "debts")
    named(town)
    assert asked("em", "debts") == before


def test_what_the_former_began_to_export_leaves_in_no_file_and_the_successors_export_has_it(calling: Calling) -> None:
    own, other = export.OWN, export.OTHER
    for each in (own, other):
        export.register(calling, each)
    inner = calling.town
    inner.write(export.P, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"))
    begun = export.begin(calling, who=own)
    ended = export.begin(calling, who=own)
    export.work(calling)
    listed = export.manifest(calling, ended, own)
    assert "Condition/c" in export.lines(calling, listed, own)
    end(inner)
    assert "Condition/c" not in export.exported(calling, "$export", other)
    said = Naming(CENTER, OTHER, "事業の終了に伴い、引き継ぐ")
    do = partial(naming_successor.named, said=said)
    inner.run(inner.gate.operate(actor("lead", now=export.NOW), ("$name-successor", CENTER), do))
    assert {"Condition/c", "Patient/1", "Group/g"} <= set(export.exported(calling, "$export", other))
    export.work(calling)
    for ready in (export.manifest(calling, begun, own), listed):  # decided anew as it is fetched
        left = {name.partition("/")[0] for name in export.lines(calling, ready, own)}
        assert left.isdisjoint({"CarePlan", "Condition", "Group", "Patient"})
