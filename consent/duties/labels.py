"""A label says how a record is to be kept from others: only the agency that keeps the record takes it off.

docs/policy.md, "labels"; https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import labels, vocabulary
from consent.transition import Transition, violation
from profiles import consent
from resources.record.problem import Issue


def lowered_by_custodian(change: Transition) -> Iterator[Issue]:
    """P1: whoever else may write a record raises its confidentiality or adds a label, and takes none away."""
    if not change.before or not change.after or change.custodian in change.facts.keeps:
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


def told(change: Transition) -> Iterator[Issue]:
    """D1: a security label that is set is one of which can be told what it means; another protects nothing."""
    if not change.after:
        return
    had = {repr(each) for each in _security(change.before or {})}
    for place, label in enumerate(_security(change.after)):
        system, code = str(label.get("system", "")), str(label.get("code", ""))
        if repr(label) in had or (consent.told(system, code) and not _is_near(system, code)):
            continue
        known = consent.spelled(system)
        if known != system:
            yield violation(
                "D1",
                f"`{system}` is not how this code system of labels is known here: write `{known}`",
                f"`{system}` は、この符号体系のここでの書き方ではありません。`{known}` と記入してください",
                f"{change.type}.meta.security[{place}]",
            )
            continue
        yield violation(
            "D1",
            f"`{system}|{code}` is no label that can be told: name its code system, and one of the codes of it",
            f"`{system}|{code}` は判定できる表示ではありません。符号体系と、その中にある符号を記入してください",
            f"{change.type}.meta.security[{place}]",
        )


def _security(resource: Mapping[str, Any]) -> list[Any]:
    found = (resource.get("meta") or {}).get("security")
    return found if isinstance(found, list) else []


def _is_near(system: str, code: str) -> bool:
    """Whether it reads like a label of secrecy, and is none."""
    secret = {each.rpartition("|")[2].casefold() for each in vocabulary.SECRECY_LABELS}
    return code.casefold() in secret and f"{system}|{code}" not in vocabulary.SECRECY_LABELS
