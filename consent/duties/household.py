"""A household is its members, and its members are persons; one that was divided has ended.

docs/policy.md, "whom a record is about" and "dividing": who reads what names a household is asked of its Patients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources import division
from resources.record import coding, envelope, reference
from resources.record.problem import Issue


def of_patients(change: Transition) -> Iterator[Issue]:
    """P3: whoever else it held would be in the household and asked by nobody, as would the members of a Group in it."""
    for place, member in enumerate((change.after or {}).get("member") or ()):
        if not reference.one(member, "entity").startswith("Patient/"):
            text = "each member of a household is a Patient of this server: register them first, by a sheet (`$submit`)"
            ja = "世帯員はこのサーバーの Patient です。先につなぐシート（$submit）などで登録してください"
            yield violation("P3", text, ja, f"Group.member[{place}].entity")


def ended_by_division(change: Transition) -> Iterator[Issue]:
    """P3: a household that was divided keeps its persons and stays ended; one that was not is not written so."""
    before, after = change.before, change.after
    if before is None:
        return
    if division.is_over(before) and any(change.turns(name) for name in ("active", "member")):
        text = "this household was divided: it has ended and keeps its persons; write in the one in which they are now"
        ja = "この世帯は分けられて終わり、そのときの人を記録として残します。いまの世帯に書いてください"
        yield violation("P3", text, ja, "Group.member")
    elif division.is_over(after) and not division.is_over(before):
        text = "a household ends as it is divided (`$divide`); who leaves it is taken out of `member`"
        ja = "世帯を終わらせるのは、分けるとき（`$divide`）です。出ていく人は `member` から外してください"
        yield violation("P3", text, ja, "Group.active")


def begins_nothing_more(change: Transition) -> Iterator[Issue]:
    """R37: no case, plan, roles, coordination or conference begins on a household that was divided."""
    record = change.after or {}
    household = reference.one(record, "for" if change.type == "Task" else "subject")
    if not _begins(change, record) or not division.is_over(change.look(household)):
        return
    text = "this household was divided and has ended: what begins is of the household in which the persons are now"
    ja = "この世帯は分けられて終わっています。新しい事例・計画・役割・調整・会議は、いまの世帯について始めてください"
    yield violation("R37", text, ja, f"{change.type}.{'for' if change.type == 'Task' else 'subject'}")


def _begins(change: Transition, record: Mapping[str, Any]) -> bool:
    status, codes = record.get("status"), coding.of([record.get("category"), record.get("code")])
    match change.type:
        case "CarePlan":
            whole = {vocabulary.CASE, vocabulary.TOTAL_CARE_PLAN} & codes
            return bool(whole) and status in ("draft", "active", "on-hold", "unknown")
        case "CareTeam":
            return vocabulary.CASE_TEAM in codes and status in ("active", "proposed")
        case "Encounter":
            goes_on = (change.before or {}).get("status") == "in-progress"
            return envelope.is_conference(record) and not goes_on and status not in ("finished", "cancelled")
        case _:
            asked = (change.before or {}).get("status") in vocabulary.ASKING
            return vocabulary.COORDINATE in codes and not asked and status in vocabulary.ASKING
