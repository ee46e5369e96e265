"""A request of another agency: asked in one's own name, about a person one has in care, and accepted by who is asked.

P2 of docs/policy.md, and "standing"; R5 and R12a of the domain. What an agency asks of itself, and what it writes down
for another that asked it on paper, is its own record: it opens nothing and gives no care.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent import verdict, vocabulary
from consent.standing import answered, chain, coordination, naming
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources.record import coding, reference
from resources.record.problem import Issue
from resources.search.predicate import term

_ABOUT = {"Task": "for", "ServiceRequest": "subject"}
_ANSWERED_ELSEWHERE = vocabulary.ASKED_BY_THE_SERVER | vocabulary.CONFIRMED_ON_PAPER | {vocabulary.CONFIRM_GUARDIAN}
"""Of a new one of these a duty (P1), or a kind of evidence of its own (R3), says who writes what comes of it."""


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this is not the writer's to ask, to accept, or to change any more."""
    if _calls(filing) or naming.names(filing):
        return
    if filing.type == "Task":
        if filing.before is not None or _ANSWERED_ELSEWHERE.isdisjoint(coding.of(filing.after.get("code"))):
            yield from answered.accepting(filing)
            yield from answered.outcome(filing)
        yield from answered.standing(filing)
    # What the one asked may change of it is a duty of its own (P2, R12a).
    if filing.custodian in filing.facts.keeps and _asks(filing):
        if not answered.own(filing):
            yield from _asking(filing)
        elif vocabulary.ESCALATE in coding.of(filing.after.get("code")):
            # Who is asked would otherwise have called nobody, and believe or pretend that a coordinator knows (R12).
            yield from chain.escalating(filing)


def judged(filing: Filing) -> Verdict:
    """It counts as a request of another agency if it was so asked, until who asked takes it back; and as taken on only
    if that agency accepted it. What the server itself asked stays what it was, whoever answers it."""
    if filing.status()[1] in answered.TAKEN_BACK and filing.custodian in filing.facts.keeps:
        return Verdict(noted=frozenset(term(verdict.ABOVE, one) for one in filing.had.note(verdict.ABOVE)))
    if _by_the_server(filing):
        return filing.had
    if _calls(filing):
        return Verdict(True, noted=_noted(filing))
    if naming.names(filing):
        return Verdict(True)
    if answered.taken_down(filing):
        above = filing.had.note(verdict.ABOVE) if filing.before is not None else filing.carrying.above
        return Verdict(noted=frozenset(term(verdict.ABOVE, one) for one in above))
    counts = not answered.own(filing) and not any(_asking(filing)) if _asks(filing) else filing.had.counts
    wrong = filing.type == "Task" and any(
        (*answered.accepting(filing), *answered.outcome(filing), *answered.standing(filing))
    )
    if not counts or wrong:
        return NONE
    carried = filing.had.fixed if filing.before is not None else filing.carrying.carried
    return Verdict(True, noted=_noted(filing), fixed=carried)


KIND = Kind(refused, judged)


def _by_the_server(filing: Filing) -> bool:
    """Whether this is an answer to what the server asked, or a note on it: nobody's request."""
    task = filing.before if filing.before is not None and filing.type == "Task" else {}
    return bool(vocabulary.ASKED_BY_THE_SERVER & coding.of(task.get("code")))


def _calls(filing: Filing) -> bool:
    return filing.type == "Task" and coordination.is_call(filing.after)


def _asks(filing: Filing) -> bool:
    """Whether this write is the asker's word: what is asked, of whom or about whom is not what it was."""
    if filing.before is None:
        return True
    asked = answered.ASKED.get(filing.type, "")
    was, becomes = (sorted(_about(body)) for body in (filing.before, filing.after))
    others = filing.changed("requester", *(answered.STANDS if filing.type == "Task" else (asked, "participant")))
    asks = filing.custodian in filing.facts.keeps
    names = asks and not filing.concerned(filing.after) <= filing.concerned(filing.before)
    return was != becomes or others or names or (filing.changed(asked) and not answered.assigns(filing))


def _noted(filing: Filing) -> frozenset[str]:
    """The agencies between whom it is asked, and those above it in its chain."""
    above = filing.had.note(verdict.ABOVE) | (filing.carrying.above if _asks(filing) else frozenset())
    if _asks(filing) or not filing.had.note(verdict.BETWEEN):
        asker = reference.one(filing.after, "requester")
        between = frozenset().union(*(_speaks_for(filing, one) for one in (asker, *answered.asked(filing.after))))
        between |= frozenset() if asker else filing.facts.agencies
    else:
        between = filing.had.note(verdict.BETWEEN)
    said = [(verdict.ABOVE, one) for one in above] + [(verdict.BETWEEN, one) for one in between]
    return frozenset(term(name, value) for name, value in said)


def _speaks_for(filing: Filing, party: str) -> frozenset[str]:
    """For which agencies a party acts; what is addressed to a coordinator and the like as such is that post's alone."""
    post = filing.look(party) or {}
    if coding.codes(post.get("code"), "role") & vocabulary.AS_SUCH:
        return frozenset({party})
    return filing.agencies_of(party)


def _asking(filing: Filing) -> Iterator[Issue]:
    asker = reference.one(filing.after, "requester")
    # What an agency asked that has ended goes on in its name; nobody begins anything in it.
    own = filing.is_own(asker) if not filing.changed("requester") else filing.speaks_as(asker)
    if "requester" in filing.after and not own:
        yield answered.wrong(
            "an agency asks in its own name: name your own agency or a post of it (that of a coordinator, a convener, "
            "an auditor or the lead section where you hold such a post there); what another agency asked of you on "
            "paper names you as the one asked",
            "依頼は自分の機関の名で行います。自分の機関かその職を記入してください（推進員・所管課長・監査担当・主管課の職を"
            "記入できるのは、同じ職にある人です）。紙で受けた依頼は、受けた自分の機関を担当として記録します",
            f"{filing.type}.requester",
        )
    yield from chain.handing_on(filing, answered.asked(filing.after))
    if vocabulary.ESCALATE in coding.of(filing.after.get("code")):
        yield from chain.escalating(filing)
        return
    about, new = _about(filing.after), filing.concerned(filing.after) - filing.concerned(filing.before)
    # What one was asked is handed on as it came, before or after one has accepted it (R5, R12a).
    came = frozenset[str]().union(*(filing.concerned(filing.look(one)) for one in filing.carrying.received))
    for whom in sorted((about | new) - came):
        if not filing.has_in_care(whom) and whom not in filing.coordinating:
            yield answered.wrong(
                "a request is about a person whom the agency that asks has in care, and names nobody else, wherever it "
                "does: who registered them, or accepted a request about them, asks",
                "依頼できるのは、その人を受け持つ機関（登録した機関、または依頼を受け付けた機関）です。"
                "依頼のどこにも、受け持っていない人の名を挙げることはできません",
                f"{filing.type}.{_ABOUT.get(filing.type, 'participant')}" if whom in about else filing.type,
            )


def _about(body: Any) -> set[str]:
    if body["resourceType"] == "Appointment":
        return {name for name in answered.participants(body) if name.startswith(("Patient/", "Group/"))}
    found = reference.one(body, _ABOUT[body["resourceType"]])
    return {found} if found.startswith(("Patient/", "Group/")) else set()
