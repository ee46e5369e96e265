"""What belongs to a record, a Provenance or a Binary, is of who keeps the record, and opens no further than that.

docs/policy.md, "what belongs to a record"; https://hl7.org/fhir/R4/provenance.html, #binary
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.relations import told_of
from consent.transition import Transition, violation
from resources.record import envelope, reference
from resources.record.problem import Issue

Resource = Mapping[str, Any]


def of_own_records(change: Transition) -> Iterator[Issue]:
    """P1: it says of which record of casework it is, which the same agency keeps, and that stays: another belongs to
    another record."""
    if not change.after:
        return
    at, named = f"{change.type}.{told_of.ELEMENT[change.type]}", _targets(change)
    if change.before and _said(change, change.before) != _said(change, change.after):
        yield violation(
            "P1",
            "to which record this belongs does not change: write another one for the other record",
            "どの記録のものかは変えられません。ほかの記録のものは、別に書いてください",
            at,
        )
    for place, name, body in named or [(at, "", None)]:
        stored = change.duty_context.targets.get(name)
        keeper = stored.origin.custodian if stored else change.custodian
        if name.partition("/")[0] not in vocabulary.CASEWORK or not (body or change.before):
            yield violation(
                "P1",
                "name a record of this server by `Type/id`, one that your agency keeps of a person or household",
                "人や世帯について自分の機関が管理する、このサーバーの記録を `Type/id` で指してください",
                place,
            )
        elif keeper not in change.facts.successions.kept_by({change.custodian}):
            yield violation(
                "P1",
                "this is written by the agency that keeps the record: ask that agency, or name a record of your own",
                "これを書くのは、その記録を管理する機関です。その機関に頼むか、自分の機関の記録を指してください",
                place,
                "forbidden",
            )


def of_no_material(change: Transition) -> Iterator[Issue]:
    """D3: of the material of a meeting there is none; what becomes material later closes what belongs to it."""
    for place, name, body in _targets(change):
        stored = change.duty_context.targets.get(name)
        if stored.conference if stored else _may_be_material(change, body or {}):
            yield violation(
                "D3",
                "nothing belongs to the material of a conference but what is in it: its versions say who wrote it, and "
                "a file is an attachment of it",
                "支援会議の資料には、来歴やファイルを別に付けられません。だれがいつ書いたかは版に残り、ファイルは資料に添付します",
                place,
            )


def _targets(change: Transition) -> list[tuple[str, str, Resource | None]]:
    """What it belongs to in the order written: where, `Type/id` (empty where it is none of this server), the record."""
    element = told_of.ELEMENT[change.type]
    said = (change.after or {}).get(element)
    many = [(f"[{number}]", each) for number, each in enumerate(said)] if isinstance(said, list) else [("", said)]
    named = [(f"{change.type}.{element}{at}", reference.one({"it": each}, "it")) for at, each in many]
    return [(at, name, change.look(name)) for at, name in named]


def _may_be_material(change: Transition, record: Resource) -> bool:
    """Of a record that is written beside it, and later: whether it is a meeting's, or that cannot be told yet."""
    if envelope.is_conference(record):
        return True
    meeting = envelope.meeting_of(record)
    known = change.look(meeting)
    return bool(meeting) and (known is None or envelope.is_conference(known))


def _said(change: Transition, record: Resource) -> list[str]:
    said = record.get(told_of.ELEMENT[change.type]) or []
    return sorted(str(each.get("reference")) for each in (said if isinstance(said, list) else [said]))
