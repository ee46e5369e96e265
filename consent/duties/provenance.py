"""Where a record comes from is told by the agency that keeps the record, and opens no further than the record does.

docs/policy.md, "provenance"; https://hl7.org/fhir/R4/provenance.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import told_of, vocabulary
from consent.transition import Transition, violation
from resources.record import envelope, reference
from resources.record.problem import Issue

Resource = Mapping[str, Any]


def of_own_records(change: Transition) -> Iterator[Issue]:
    """P1: each target is a record of casework that the same agency keeps, and it stays: of another record tells another
    provenance."""
    if not change.after:
        return
    if change.before and _said(change.before) != _said(change.after):
        yield violation(
            "P1",
            "what a provenance tells of does not change: write another one of the other record",
            "来歴（Provenance）の対象は変えられません。ほかの記録の来歴は、別に書いてください",
            "Provenance.target",
        )
    for place, (name, body) in enumerate(_targets(change)):
        stored = change.duty_context.targets.get(name)
        keeper = stored.origin.custodian if stored else change.custodian
        if name.partition("/")[0] not in vocabulary.CASEWORK or not (body or change.before):
            yield violation(
                "P1",
                "name a record of this server by `Type/id`, one that your agency keeps of a person or household",
                "人や世帯について自分の機関が管理する、このサーバーの記録を `Type/id` で指してください",
                f"Provenance.target[{place}]",
            )
        elif keeper != change.custodian:
            yield violation(
                "P1",
                "where this record comes from is told by the agency that keeps it: ask that agency, or write of "
                "a record of your own",
                "この記録の来歴を書くのは、記録を管理する機関です。その機関に頼むか、自分の機関の記録について書いてください",
                f"Provenance.target[{place}]",
                "forbidden",
            )


def as_closed_as_its_record(change: Transition) -> Iterator[Issue]:
    """D3, P1: of the material of a meeting there is none, and of a labelled record one that has its labels too, which
    the server writes beside those of its writer; only what is imported may lack them."""
    if not change.after:
        return
    for place, (name, body) in enumerate(_targets(change)):
        stored = change.duty_context.targets.get(name)
        if stored.conference if stored else _may_be_material(change, body or {}):
            yield violation(
                "D3",
                "of the material of a conference no provenance is written: who wrote it, and when, is in its versions",
                "支援会議の資料の来歴は書けません。だれがいつ書いたかは、資料の版に残ります",
                f"Provenance.target[{place}]",
            )
        if told_of.missing(change.after, body or {}):
            yield violation(
                "P1",
                "a provenance has the labels (`meta.security`) of the records that it tells of",
                "来歴には、対象の記録と同じ表示（`meta.security`）を付けてください",
                "Provenance.meta.security",
            )


def _targets(change: Transition) -> list[tuple[str, Resource | None]]:
    """What it tells of in the order written: `Type/id`, empty where it is none of this server, and the record."""
    named = [reference.one({"target": each}, "target") for each in (change.after or {}).get("target") or ()]
    return [(name, change.look(name) if name else None) for name in named]


def _may_be_material(change: Transition, record: Resource) -> bool:
    """Of a record that is written beside it, and later: whether it is a meeting's, or that cannot be told yet."""
    if envelope.is_conference(record):
        return True
    meeting = envelope.meeting_of(record)
    known = change.look(meeting) if meeting else None
    return bool(meeting) and (known is None or envelope.is_conference(known))


def _said(provenance: Resource) -> list[str]:
    return sorted(str(each.get("reference")) for each in provenance.get("target") or ())
