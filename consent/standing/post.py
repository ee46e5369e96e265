"""A post is one person's in one agency: it is never moved, and nobody writes their own.

docs/policy.md, P12 and "standing": it ends, and another begins.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.standing.filing import Filing, Kind
from consent.verdict import Verdict
from resources.record import problem, reference
from resources.record.problem import Issue


def refused(filing: Filing) -> Iterator[Issue]:
    """P12: a post that others rely on, on a roster or in a request, does not become another's."""
    for element in ("practitioner", "organization"):
        if filing.before is None:
            break
        if reference.one(filing.before, element) != reference.one(filing.after, element):
            yield problem.of_rule(
                "P12",
                f"a post never changes its `{element}`: end it (`period`, `active`) and begin another",
                f"職の `{element}` は変更できません。終了（period・active）してから、新しい職を登録してください",
                f"PractitionerRole.{element}",
            )
    person = filing.facts.actor.person
    if person and person in {reference.one(body or {}, "practitioner") for body in (filing.before, filing.after)}:
        yield problem.of_rule(
            "P12",
            "nobody writes their own post: have another installer write it",
            "自分の職を自分で登録・変更することはできません。別の担当者が登録してください",
            "PractitionerRole.practitioner",
            "forbidden",
        )


def judged(filing: Filing) -> Verdict:
    """It counts: only the installer may write one at all."""
    return Verdict(True)


KIND = Kind(refused, judged)
