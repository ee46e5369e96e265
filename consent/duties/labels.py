"""A label says how a record is to be kept from others: only the agency that keeps the record takes it off.

docs/policy.md, "labels"; https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import labels
from consent.transition import Transition, violation
from resources.record.problem import Issue


def lowered_by_custodian(change: Transition) -> Iterator[Issue]:
    """P1: whoever else may write a record raises its confidentiality or adds a label, and takes none away."""
    if not change.before or not change.after or change.custodian in change.facts.agencies:
        return
    for label in labels.lowered(change.before, change.after):
        yield violation(
            "P1",
            f"only the agency that keeps this record may take off or lower its label `{label}`: leave the label as it "
            "is (it stays where `meta.security` is not sent), or ask that agency",
            f"表示 `{label}` を外す・下げることができるのは、この記録を管理する機関だけです。表示をそのままにするか"
            "（`meta.security` を送らなければ残ります）、その機関に依頼してください",
            f"{change.type}.meta.security",
            "forbidden",
        )
