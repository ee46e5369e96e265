"""A request that is handed on, or brought before the coordinator: by who has a part in it, and never back.

R12 and R12a of the domain, decision 10; docs/policy.md, "standing".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consent import vocabulary
from consent.standing.carrying import REQUESTS
from consent.standing.filing import Filing
from resources.record import coding, problem, reference
from resources.record.problem import Issue


def handing_on(filing: Filing, asked: Iterable[str]) -> Iterator[Issue]:
    """R12a: what is handed on is part of a request that one has a part in, and back to nobody known in its chain."""
    parts = {name for name in reference.many(filing.after, "partOf") if name.startswith(REQUESTS)}
    if filing.type != "Task" or not parts:
        return
    if parts - filing.carrying.handed:
        yield problem.of_rule(
            "R12a",
            "a request is handed on by who asked it or was asked: name as `partOf` the Task that you received",
            "引き継げるのは、自分が出した、または受けた依頼だけです。受けた仕事（Task）を partOf に記入してください",
            "Task.partOf",
        )
    elif vocabulary.ESCALATE in coding.of(filing.after.get("code")):
        return  # the coordinator is called, whichever agency employs them: also the one that was asked (R12)
    elif filing.carrying.known & frozenset().union(*(filing.agencies_of(one) for one in asked)):
        yield problem.of_rule(
            "R12a",
            "a request does not go back to an agency that is already in its chain: write a Task with the code "
            "`escalate-to-coordinator`, owned by the post of a coordinator and partOf this one",
            "一度この依頼にかかわった機関へは戻せません。符号 escalate-to-coordinator の仕事（Task）を、"
            "推進員の職を担当とし、受けた仕事を partOf として書き、推進員に連絡してください",
            "Task.owner",
        )


def escalating(filing: Filing) -> Iterator[Issue]:
    """R12: any party of a request calls the coordinator about it, whether or not it has the person in care."""
    if not filing.carrying.handed:
        yield problem.of_rule(
            "R12",
            "the coordinator is called about a request that you asked or were asked: name its Task as `partOf`",
            "推進員に連絡できるのは、自分が出した、または受けた依頼についてです。"
            "その仕事（Task）を partOf に記入してください",
            "Task.partOf",
        )
    requests = {name for name in reference.locals_of(filing.after) if name.startswith(REQUESTS)}
    own = requests & (filing.carrying.handed | filing.carrying.carried)
    came = frozenset[str]().union(*(filing.concerned(filing.look(one)) for one in own))
    if any(not filing.has_in_care(one) for one in filing.concerned(filing.after) - came):
        yield problem.of_rule(
            "R12",
            "the coordinator is called about the persons of the request, and nobody else: name whom that one names",
            "推進員への連絡に挙げられるのは、元の依頼の人だけです。元の依頼に書かれた人を記入してください",
            "Task.for",
        )
    post = filing.look(reference.one(filing.after, "owner")) or {}
    if vocabulary.COORDINATOR not in coding.codes(post.get("code"), "role"):
        yield problem.of_rule(
            "R12",
            "the coordinator is called: name the post of one as owner",
            "連絡する相手は推進員です。推進員の職（PractitionerRole）を担当に記入してください",
            "Task.owner",
        )
