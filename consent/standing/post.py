"""A post is one person's in one agency: it is never moved, nobody writes their own, and somebody else confirms it.

docs/policy.md, P12 and "standing": it ends, and another begins. What the installer writes counts at once; what a
directory keeper writes counts once it is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue

INSTALLERS = frozenset(
    {
        *(vocabulary.LEAD_SECTION, vocabulary.CONVENER, vocabulary.COORDINATOR, vocabulary.AUDITOR),
        *(vocabulary.EMERGENCY, vocabulary.SECRETARIAT, vocabulary.DIRECTORY_KEEPER),
        *(vocabulary.STATISTICIAN, vocabulary.FUND_HOLDER),
    }
)
"""What opens more than an agency's own work: such a post is the installer's to write."""

_RESTS_ON = ("practitioner", "organization", "code", "period", "active", "healthcareService")


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
    functions = (coding.codes((body or {}).get("code"), "role") for body in (filing.before, filing.after))
    if not _is_installer(filing) and (reserved := sorted(INSTALLERS & frozenset[str]().union(*functions))):
        yield problem.of_rule(
            "P12",
            f"a post of `{reserved[0]}` is written by the installer: `tsunagu city import`",
            f"`{reserved[0]}` の職は設置者が登録します（`tsunagu city import`）",
            "PractitionerRole.code",
            "forbidden",
        )


def judged(filing: Filing) -> Verdict:
    """The installer's counts; a keeper's is void until it is confirmed, and again once what it rests on has changed."""
    stands = filing.before is not None and not filing.had.void and not filing.changed(*_RESTS_ON)
    return Verdict(True) if _is_installer(filing) or stands else Verdict(void=True)


def _is_installer(filing: Filing) -> bool:
    return filing.facts.actor.purpose == vocabulary.INSTALLATION


KIND = Kind(refused, judged)
