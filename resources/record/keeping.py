"""Which agency keeps a version of a record, and which keeps what is written of it from then on.

docs/policy.md, "handing a record over": each version has a keeper of its own.
"""

from __future__ import annotations

from dataclasses import replace

from resources.record import envelope
from resources.record.envelope import Origin
from resources.search.predicate import term
from resources.search.relation import Terms

TAKER = ".taker"
"""Of a current version that was handed over: the agency that keeps what is written from then on."""


def taker(terms: Terms) -> str:
    """To whom it was handed over; empty where it was not."""
    return envelope.value(terms, TAKER)


def keeper(terms: Terms) -> str:
    """Who keeps what is written from now on."""
    return taker(terms) or envelope.value(terms, ".custodian")


def after(terms: Terms) -> Origin:
    """Who stands behind the version that is written after this one."""
    return replace(envelope.origin(terms), custodian=keeper(terms))


def given(terms: Terms, agency: str) -> tuple[str, ...]:
    """The terms of a version that is handed over to an agency; to its own keeper, of one that is given back."""
    own = agency == envelope.value(terms, ".custodian")
    return tuple(sorted({*terms} - said(terms) | (set() if own else {term(TAKER, agency)})))


def said(terms: Terms) -> frozenset[str]:
    """What a version says of it: no body tells it, so it is taken over."""
    return frozenset(entry for entry in terms if entry.startswith(f"{TAKER} "))


def behind(terms: Terms, before: Origin, handed: str) -> Origin:
    """Who stands behind a version: who kept the one before it, or to whom that was `handed`, where it says so."""
    return replace(before, custodian=handed) if handed == envelope.value(terms, ".custodian") != "" else before
