"""What becomes of a request: who says it, and what of it stands from then on.

P2 of docs/policy.md, and "standing"; R5 and R12a of the domain. Who asks begins it; who is asked accepts, and says what
came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing
from resources.record import coding, problem, reference
from resources.record.problem import Issue

ASKED = {"Task": "owner", "ServiceRequest": "performer"}
"""In which element each names who is asked."""

STANDS = ("focus", "for", "basedOn", "partOf", "requester", "code")
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

TAKEN_BACK = ("cancelled", "entered-in-error")

_ANSWERED = (*vocabulary.TAKEN_ON, "completed")
"""The statuses of a Task in which who was asked has taken it on, or done it."""

_UNANSWERED = ("draft", "requested", "received", *TAKEN_BACK)
"""The statuses of a Task in which who was asked has not said that it takes it on."""


def accepting(filing: Filing) -> Iterator[Issue]:
    """Who asks begins it, also of another than before, and who is asked accepts it; what stands once they have,
    `standing` tells."""
    was, becomes = filing.status()
    anew = _begins(filing) and (filing.before is None or (filing.changed("owner") and not assigns(filing)))
    says = becomes not in _UNANSWERED if anew else becomes in vocabulary.TAKEN_ON and was not in vocabulary.TAKEN_ON
    if says and not _of_oneself(filing, anew=anew) and not taken_down(filing):
        yield wrong(
            "the agency that is asked accepts, and nobody for it: leave it `requested`; what you carry on paper to one "
            "that has no account says so (extension `carried-on-paper`), and you write down what came back",
            "受け付けるのは依頼された機関です。`requested` のままにしてください。"
            "アカウントのない機関に紙で届けるときは、拡張 carried-on-paper を付けると、返事を自分で記入できます",
            "Task.status",
        )


def outcome(filing: Filing) -> Iterator[Issue]:
    """R5: who is asked says what came of it."""
    if vocabulary.ASKED_BY_THE_SERVER & coding.of(filing.after.get("code")):
        return  # of the server's own asking nobody changes anything but their answer (P1)
    begun = _begins(filing) and filing.status()[1] in _UNANSWERED
    if begun and filing.changed("output") and not _of_oneself(filing, anew=True) and not _is_carried(filing):
        yield wrong(
            "the agency that is asked says what came of it: leave `output` to it",
            "結果（output）を書くのは依頼された機関です。記入せずに依頼してください",
            "Task.output",
        )


def standing(filing: Filing) -> Iterator[Issue]:
    """R12a: what is accepted stands as it was asked, and what is done as it was answered; who asked may take back what
    is not done, who was asked may answer."""
    was, becomes = filing.status()
    if filing.before is None or was not in _ANSWERED or own(filing) or taken_down(filing):
        return
    asks = filing.custodian in filing.facts.keeps
    fixed = (set(filing.before) | set(filing.after)) - _ASKERS if asks else set(STANDS)
    if not assigns(filing):
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
    if asks and becomes not in (was, *TAKEN_BACK):
        yield wrong(
            "how it goes on is said by the agency that is asked; who asked may take it back (`cancelled`)",
            "進み具合を書くのは依頼された機関です。依頼した機関は取り下げること（`cancelled`）ができます",
            "Task.status",
        )


def assigns(filing: Filing) -> bool:
    """Whether the one asked gives the Task to another of its own."""
    had, has = (reference.one(body or {}, "owner") for body in (filing.before, filing.after))
    alike = filing.agencies_of(had) == filing.agencies_of(has) or filing.agencies_of(had) & filing.facts.succeeded
    return filing.is_own(has) and bool(alike)


def taken_down(filing: Filing) -> bool:
    """Whether who asked writes down what came back on paper. That is its own note: it opens nothing and gives no care,
    and where the one asked has answered itself it is not for who asked to say."""
    answered = filing.status()[0] not in ("", *_UNANSWERED) and filing.had.counts
    asks = filing.type == "Task" and filing.custodian in filing.facts.keeps
    return asks and _is_carried(filing) and not answered and filing.status()[1] not in _UNANSWERED


def _begins(filing: Filing) -> bool:
    """Whether it is the word of who asks, before it is accepted."""
    return filing.custodian in filing.facts.keeps and filing.status()[0] not in _ANSWERED


def _of_oneself(filing: Filing, *, anew: bool) -> bool:
    """Whether nobody is asked but the writer's own agency, nor will be where it is asked `anew`."""
    bodies = (filing.before, filing.after) if anew else (filing.before or filing.after,)
    return all(filing.is_own(reference.one(each, "owner")) for each in bodies if each and each.get("owner"))


def _is_carried(filing: Filing) -> bool:
    return any(each.get("valueBoolean") is True for each in coding.extension(filing.after, "carried-on-paper"))


def own(filing: Filing) -> bool:
    """Whether nobody is asked but the writer's own agency, in this version and in the one before."""
    parties = set().union(*(asked(body) for body in (filing.before, filing.after) if body is not None))
    keeps = filing.custodian in filing.facts.keeps
    return keeps and all(filing.is_own(party) for party in parties)


def asked(body: Any) -> set[str]:
    """Who is asked by a version of it."""
    if body["resourceType"] == "Appointment":
        return {name for name in participants(body) if not name.startswith(("Patient/", "Group/", "RelatedPerson/"))}
    return set(reference.many(body, ASKED[body["resourceType"]]))


def participants(appointment: Any) -> Iterator[str]:
    """Whom an appointment is between, persons and agencies."""
    for participant in appointment.get("participant") or ():
        yield reference.one(participant, "actor")


def wrong(text: str, ja: str, at: str) -> Issue:
    """It is not for who writes it to say."""
    return problem.of_rule("P2", text, ja, at, "forbidden")
