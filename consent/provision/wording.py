"""What a Consent says without its persons, dates and records: a wording, equal for consents worded alike, and its tag.

docs/policy.md, section 5: rows carry who, when and which; their tag stands for the wording.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from consent.provision import enforceable
from resources.record import coding

BASE = ".b"
"""After the tag of a wording: the row of a base that a form has besides its root."""

REACHED = ".r"
"""After the tag of a wording, with its place: the row of what words that came later ended."""

_DIGITS = 24
_PARTICULAR = ("actor", "period", "dataPeriod", "data")


@dataclass(frozen=True, slots=True)
class Said:
    """What one provision describes, but for persons, dates and records; what is empty is free.

    `bound` says that its rows speak of some records alone, `apart` that an exception has rows of its own.
    """

    purposes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    bound: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """A root and its exceptions. `kind` is that of enforceable.kind: `permit`, `deny`, `optin` or `optout`.

    What was `reached` by words that came later is granted no more, and not withheld by it either.
    """

    kind: str
    root: Said = Said()
    exceptions: tuple[Said, ...] = ()
    reached: tuple[Said, ...] = ()

    @property
    def type(self) -> str:
        return enforceable.type_of(self.kind)


def of(consent: Mapping[str, Any], reached: Iterable[Mapping[str, Any]] = ()) -> Wording:
    """The wording of an enforceable Consent, of which later words ended what they `reached`."""
    root = consent["provision"]
    exceptions = {_said(each, exception=True) for each in root.get("provision") or ()}
    ended = {_said(each, exception=True) for each in reached}
    ordered = (tuple(sorted(each, key=_ordered)) for each in (exceptions, ended))
    return Wording(enforceable.kind(consent), _said(root), *ordered)


def place(wording: Wording, exception: Mapping[str, Any]) -> str:
    """What follows the tag of the wording in the rows of an exception; empty where it has none of its own."""
    said = _said(exception, exception=True)
    return f".{wording.exceptions.index(said)}" if said.apart else ""


def reached_place(wording: Wording, ended: Mapping[str, Any]) -> str:
    """What follows the tag of the wording in the rows of what was ended; empty where it has none of its own."""
    said = _said(ended, exception=True)
    return f"{REACHED}{wording.reached.index(said)}" if said.apart else ""


@lru_cache(maxsize=65_536)
def tag(wording: Wording) -> str:
    """The tag of a wording in the rows of consents."""
    said = [wording.kind, _ordered(wording.root), [_ordered(each) for each in wording.exceptions]]
    said += [[_ordered(each) for each in wording.reached]] if wording.reached else []
    return hashlib.blake2b(orjson.dumps(said), digest_size=_DIGITS // 2).hexdigest()


def bare(tag: str) -> str:
    """The tag of the wording, of whichever row."""
    return tag[:_DIGITS]


def learn(wording: Wording) -> str:
    """Keep what the tag of a wording stands for; a wording never changes. Its tag."""
    known = tag(wording)
    _known[known] = wording
    if len(_known) > MOST_KNOWN:
        _known.popitem(last=False)
    return known


def known(tag: str) -> Wording | None:
    """What a tag stands for, as far as that was learnt."""
    return REFUSING if tag == REFUSAL else _known.get(tag)


@lru_cache(maxsize=65_536)
def selective(tag: str) -> frozenset[str]:
    """The tags of all rows of a wording that withholds some records for what they are, and not by their labels alone;
    none where it does not."""
    found = known(tag)
    if found is None:
        return frozenset({tag})
    withheld = (*found.reached, *(found.exceptions if found.type == "permit" else (found.root,)))
    if not any(said.types or said.codes or said.bound for said in withheld):
        return frozenset()
    own = (f"{tag}.{place}" for place in range(len(found.exceptions)))
    return frozenset({tag, f"{tag}{BASE}", *own, *(f"{tag}{REACHED}{place}" for place in range(len(found.reached)))})


def _said(provision: Mapping[str, Any], *, exception: bool = False) -> Said:
    return Said(
        coding.of(provision.get("purpose")),
        frozenset(entry["code"] for entry in provision.get("class") or ()),
        coding.of(provision.get("code")),
        coding.of(provision.get("securityLabel")),
        bool(provision.get("dataPeriod") or provision.get("data")),
        exception and any(provision.get(element) for element in _PARTICULAR),
    )


def _ordered(said: Said) -> list[Any]:
    sets: Iterable[frozenset[str]] = (said.purposes, said.types, said.codes, said.labels)
    return [*(sorted(each) for each in sets), said.bound, said.apart]


REFUSING = Wording("deny")
"""The wording that withholds everything."""

REFUSAL = tag(REFUSING)

MOST_KNOWN = 65_536
_known: OrderedDict[str, Wording] = OrderedDict()
