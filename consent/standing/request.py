"""A request of another agency: asked in one's own name, about a person one has in care, and accepted by who is asked.

P2 of docs/policy.md, and "standing"; R5 and R12a of the domain. What an agency asks of itself, and what it writes down
for another that asked it on paper, is its own record: it opens nothing and gives no care.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent import verdict, vocabulary
from consent.standing import chain, coordination, naming
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term

_ASKED = {"Task": "owner", "ServiceRequest": "performer"}
_ABOUT = {"Task": "for", "ServiceRequest": "subject"}
_STANDS = ("focus", "for", "basedOn", "partOf", "requester", "code")
"""What a Task asks, which stands once it is accepted; its owner may be another post of the same agency."""

_ASKERS = frozenset({"status", "statusReason", "note", "meta", "text", "lastModified"})
"""What who asked may still write when it is accepted."""

_INSTEAD = {
    True: ("take it back, and ask anew", "取り下げてから、新たに依頼してください"),
    False: (
        "hand it on by a new Task partOf this one, and close this one with that as its output once it is accepted",
        "新しい Task（partOf）で引き継ぎ、次の機関が受け付けたら、それを結果（output）に書いて終えてください",
    ),
}
"""What who asks, and who was asked, may do instead."""

_TAKEN_BACK = ("cancelled", "entered-in-error")

_UNANSWERED = ("draft", "requested", "received", *_TAKEN_BACK)
"""The statuses of a Task in which who was asked has not said that it takes it on."""


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this is not the writer's to ask, to accept, or to change any more."""
    if _calls(filing) or naming.names(filing):
        return
    if filing.type == "Task":
        yield from _accepting(filing)
        yield from _standing(filing)
    # What the one asked may change of it is a duty of its own (P2, R12a).
    if filing.custodian in filing.facts.keeps and _asks(filing):
        if not _own(filing):
            yield from _asking(filing)
        elif vocabulary.ESCALATE in coding.of(filing.after.get("code")):
            # Who is asked would otherwise have called nobody, and believe or pretend that a coordinator knows (R12).
            yield from chain.escalating(filing)


def judged(filing: Filing) -> Verdict:
    """It counts as a request of another agency if it was so asked, until who asked takes it back; and as taken on only
    if that agency accepted it. What the server itself asked stays what it was, whoever answers it."""
    if filing.status()[1] in _TAKEN_BACK and filing.custodian in filing.facts.keeps:
        return Verdict(noted=frozenset(term(verdict.ABOVE, one) for one in filing.had.note(verdict.ABOVE)))
    if _by_the_server(filing):
        return filing.had
    if _calls(filing):
        return Verdict(True, noted=_noted(filing))
    if naming.names(filing):
        return Verdict(True)
    if _taken_down(filing):
        above = filing.had.note(verdict.ABOVE) if filing.before is not None else filing.carrying.above
        return Verdict(noted=frozenset(term(verdict.ABOVE, one) for one in above))
    counts = not _own(filing) and not any(_asking(filing)) if _asks(filing) else filing.had.counts
    wrong = filing.type == "Task" and any((*_accepting(filing), *_standing(filing)))
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
    asked = _ASKED.get(filing.type, "")
    was, becomes = (sorted(_about(body)) for body in (filing.before, filing.after))
    others = filing.changed("requester", *(_STANDS if filing.type == "Task" else (asked, "participant")))
    asks = filing.custodian in filing.facts.keeps
    names = asks and not filing.concerned(filing.after) <= filing.concerned(filing.before)
    return was != becomes or others or names or (filing.changed(asked) and not _assigns(filing))


def _assigns(filing: Filing) -> bool:
    """Whether the one asked gives the Task to another of its own."""
    had, has = (reference.one(body or {}, "owner") for body in (filing.before, filing.after))
    alike = filing.agencies_of(had) == filing.agencies_of(has) or filing.agencies_of(had) & filing.facts.succeeded
    return filing.is_own(has) and bool(alike)


def _noted(filing: Filing) -> frozenset[str]:
    """The agencies between whom it is asked, and those above it in its chain."""
    above = filing.had.note(verdict.ABOVE) | (filing.carrying.above if _asks(filing) else frozenset())
    if _asks(filing) or not filing.had.note(verdict.BETWEEN):
        asker = reference.one(filing.after, "requester")
        between = frozenset().union(*(_speaks_for(filing, one) for one in (asker, *_asked(filing.after))))
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
        yield _wrong(
            "an agency asks in its own name: name your own agency or a post of it (that of a coordinator, a convener, "
            "an auditor or the lead section where you hold such a post there); what another agency asked of you on "
            "paper names you as the one asked",
            "依頼は自分の機関の名で行います。自分の機関かその職を記入してください（推進員・所管課長・監査担当・主管課の職を"
            "記入できるのは、同じ職にある人です）。紙で受けた依頼は、受けた自分の機関を担当として記録します",
            f"{filing.type}.requester",
        )
    yield from chain.handing_on(filing, _asked(filing.after))
    if vocabulary.ESCALATE in coding.of(filing.after.get("code")):
        yield from chain.escalating(filing)
        return
    about, new = _about(filing.after), filing.concerned(filing.after) - filing.concerned(filing.before)
    # What one was asked is handed on as it came, before or after one has accepted it (R5, R12a).
    came = frozenset[str]().union(*(filing.concerned(filing.look(one)) for one in filing.carrying.received))
    for whom in sorted((about | new) - came):
        if not filing.has_in_care(whom) and whom not in filing.coordinating:
            yield _wrong(
                "a request is about a person whom the agency that asks has in care, and names nobody else, wherever it "
                "does: who registered them, or accepted a request about them, asks",
                "依頼できるのは、その人を受け持つ機関（登録した機関、または依頼を受け付けた機関）です。"
                "依頼のどこにも、受け持っていない人の名を挙げることはできません",
                f"{filing.type}.{_ABOUT.get(filing.type, 'participant')}" if whom in about else filing.type,
            )


def _accepting(filing: Filing) -> Iterator[Issue]:
    was, becomes = filing.status()
    if becomes not in vocabulary.TAKEN_ON or was in vocabulary.TAKEN_ON:
        return
    asked = reference.one(filing.before if filing.before is not None else filing.after, "owner")
    if asked and not filing.is_own(asked) and not _taken_down(filing):
        yield _wrong(
            "the agency that is asked accepts, and nobody for it: leave it `requested`; what you carry on paper to one "
            "that has no account says so (extension `carried-on-paper`), and you write down what came back",
            "受け付けるのは依頼された機関です。`requested` のままにしてください。"
            "アカウントのない機関に紙で届けるときは、拡張 carried-on-paper を付けると、返事を自分で記入できます",
            "Task.status",
        )


def _standing(filing: Filing) -> Iterator[Issue]:
    """R12a: what is accepted stands as it was asked; who asked may still take it back, who was asked may answer."""
    was, becomes = filing.status()
    if filing.before is None or was not in vocabulary.TAKEN_ON or _own(filing) or _taken_down(filing):
        return
    asks = filing.custodian in filing.facts.keeps
    fixed = (set(filing.before) | set(filing.after)) - _ASKERS if asks else set(_STANDS)
    if not _assigns(filing):
        fixed.add("owner")
    for element in sorted(fixed):
        if filing.changed(element):
            yield problem.of_rule(
                "R12a",
                f"`{element}` stands once the request is accepted: {_INSTEAD[asks][0]}",
                f"受け付けた後の `{element}` は変更できません。{_INSTEAD[asks][1]}",
                f"Task.{element}",
            )
    if asks and not filing.concerned(filing.after) <= filing.concerned(filing.before):
        yield problem.of_rule(
            "R12a",
            f"whom it is about stands once the request is accepted: {_INSTEAD[asks][0]}",
            f"受け付けた後は、依頼に別の人の名を加えられません。{_INSTEAD[asks][1]}",
            "Task.for",
        )
    if asks and becomes not in (was, *_TAKEN_BACK):
        yield _wrong(
            "how it goes on is said by the agency that is asked; who asked may take it back (`cancelled`)",
            "進み具合を書くのは依頼された機関です。依頼した機関は取り下げること（`cancelled`）ができます",
            "Task.status",
        )


def _taken_down(filing: Filing) -> bool:
    """Whether who asked writes down what came back on paper. That is its own note: it opens nothing and gives no care,
    and where the one asked has answered itself it is not for who asked to say."""
    carried = any(each.get("valueBoolean") is True for each in coding.extension(filing.after, "carried-on-paper"))
    answered = filing.status()[0] not in ("", *_UNANSWERED) and filing.had.counts
    asks = filing.type == "Task" and filing.custodian in filing.facts.keeps
    return asks and carried and not answered and filing.status()[1] not in _UNANSWERED


def _own(filing: Filing) -> bool:
    """Whether nobody is asked but the writer's own agency, in this version and in the one before."""
    asked = set().union(*(_asked(body) for body in (filing.before, filing.after) if body is not None))
    keeps = filing.custodian in filing.facts.keeps
    return keeps and all(filing.is_own(party) for party in asked)


def _asked(body: Any) -> set[str]:
    if body["resourceType"] == "Appointment":
        return {name for name in _participants(body) if not name.startswith(("Patient/", "Group/", "RelatedPerson/"))}
    return set(reference.many(body, _ASKED[body["resourceType"]]))


def _about(body: Any) -> set[str]:
    if body["resourceType"] == "Appointment":
        return {name for name in _participants(body) if name.startswith(("Patient/", "Group/"))}
    found = reference.one(body, _ABOUT[body["resourceType"]])
    return {found} if found.startswith(("Patient/", "Group/")) else set()


def _participants(appointment: Any) -> Iterator[str]:
    for participant in appointment.get("participant") or ():
        yield reference.one(participant, "actor")


def _wrong(text: str, ja: str, at: str) -> Issue:
    return problem.of_rule("P2", text, ja, at, "forbidden")
