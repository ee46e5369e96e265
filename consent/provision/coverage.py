"""What a wording grants and withholds, as conditions on records and on the rows of the consents so worded.

docs/policy.md, section 5. A provision that grants must certainly describe the record, one that withholds may do so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from consent.provision import wording
from consent.provision.provisions import CONSENT
from consent.provision.wording import BASE, REACHED, REFUSING, Said, Wording
from profiles import consent as tables
from resources.record.codes_said import UNTOLD
from resources.record.envelope import CODED, LABEL
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, Related, all_of, any_of, has, has_one_of, none_of
from resources.search.specialised import lacking

Sure = Literal["certainly", "perhaps"]


@dataclass(frozen=True, slots=True)
class Named:
    """Who asks, as papers name them: `to` are the references that mean them now, `refused` those and the posts that
    they hold no more. What permits a post ends with it; what is refused to a post is refused to the person, for good.
    """

    to: frozenset[str]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """Another row of the same consent, that of an exception or of the root, and what is asked of the record for it."""

    condition: Predicate
    bound: Sure | Literal[""]
    suffix: str

    def holds(self, to: frozenset[str], tags: frozenset[str]) -> Predicate:
        return all_of([self.condition, _row(to, tags, self.suffix, self.bound, same=True)])


@dataclass(frozen=True, slots=True)
class Clause:
    """One way in which consents of a wording grant or withhold: the record is so, and there is such a row.

    With `besides` one of these is there too; with `unless` none of them is. None of those that `bar` it is there.
    """

    condition: Predicate
    bound: Sure | Literal[""] = ""
    suffix: str = ""
    besides: tuple[Beside, ...] = ()
    unless: bool = False
    bars: tuple[Beside, ...] = ()

    def grants(self, named: Named, tags: Iterable[str], keeper: str = "") -> Predicate:
        """The clause as one that grants to who asks, of consents in these wordings; on the records of the keepers that
        the rows name, where the name of a term tells who keeps a record."""
        return self._holds(named.to, named.to, named.refused, frozenset(tags), keeper)

    def withholds(self, named: Named, tags: Iterable[str]) -> Predicate:
        """The clause as one that withholds from who asks, whoever keeps the record."""
        return self._holds(named.refused, named.to if self.unless else named.refused, named.refused, frozenset(tags))

    def _holds(
        self,
        to: frozenset[str],
        beside_to: frozenset[str],
        barred_to: frozenset[str],
        worded: frozenset[str],
        keeper: str = "",
    ) -> Predicate:
        beside: Predicate = EVERYTHING
        if self.besides:
            beside = any_of(each.holds(beside_to, worded) for each in self.besides)
            beside = none_of(beside) if self.unless else beside
        barred = any_of(each.holds(barred_to, worded) for each in self.bars)
        beside = all_of([beside, none_of(barred)])
        return all_of([self.condition, _row(to, worded, self.suffix, self.bound, beside=beside, keeper=keeper)])

    def lacking(self, name: str) -> Clause | None:
        """The clause on records that have nothing under this name; None where it then says nothing."""
        besides = tuple(replace(each, condition=lacking(each.condition, name)) for each in self.besides)
        bars = tuple(replace(each, condition=lacking(each.condition, name)) for each in self.bars)
        return _possible(replace(self, condition=lacking(self.condition, name), besides=besides, bars=bars))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The clauses of a wording, for one purpose."""

    grants: tuple[Clause, ...] = ()
    withholds: tuple[Clause, ...] = ()


def coverage(tag: str, purpose: str, type: str = "") -> Coverage:
    """What consents of a wording grant and withhold for a purpose; of records of one type, where it is given.

    A tag that stands for nothing known withholds everything: what cannot be told is no permit.
    """
    return _covered(tag, purpose, type) if wording.known(tag) else _UNKNOWN


@lru_cache(maxsize=65_536)
def _covered(tag: str, purpose: str, type: str) -> Coverage:
    grants, withholds = _Reading(wording.known(tag) or REFUSING, purpose, type).clauses
    kept = [[said for each in clauses if (said := _possible(each))] for clauses in (grants, withholds)]
    return Coverage(tuple(kept[0]), tuple(kept[1]))


def _possible(clause: Clause) -> Clause | None:
    """The clause without what never holds; None where it never holds itself."""
    besides = tuple(each for each in clause.besides if each.condition != NOTHING)
    if clause.condition == NOTHING or (clause.besides and not clause.unless and not besides):
        return None
    bars = tuple(each for each in clause.bars if each.condition != NOTHING)
    return replace(clause, besides=besides, unless=clause.unless and bool(besides), bars=bars)


def _row(
    to: frozenset[str],
    tags: frozenset[str],
    suffix: str,
    bound: Sure | Literal[""],
    *,
    same: bool = False,
    beside: Predicate = EVERYTHING,
    keeper: str = "",
) -> Predicate:
    worded = frozenset(f"{tag}{suffix}" for tag in tags)
    return NOTHING if beside == NOTHING else Related(CONSENT, to, worded, bound, same, beside, keeper)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A wording read for one purpose, of records of one type or of all."""

    wording: Wording
    purpose: str
    type: str

    @property
    def clauses(self) -> tuple[list[Clause], list[Clause]]:
        grants, withholds = self._root()
        if self.wording.kind == "optin":
            grants.append(Clause(EVERYTHING, suffix=BASE))
        if self.wording.kind == "optout":
            certain, _ = self._described(self.wording.root, "permit")
            besides = (Beside(certain, _bound(self.wording.root, "certainly"), ""),)
            withholds.append(Clause(EVERYTHING, suffix=BASE, besides=besides, unless=True))
        return [self._left(each) for each in grants], withholds

    def _left(self, grant: Clause) -> Clause:
        """What is left of what grants, without what words that came later may have ended of it."""
        read = [(each, self._described(each, "permit")[1]) for each in self.wording.reached]
        over = any_of(possible for said, possible in read if not said.apart)
        bars = tuple(
            Beside(possible, _bound(said, "perhaps"), f"{REACHED}{place}")
            for place, (said, possible) in enumerate(read)
            if said.apart
        )
        return replace(grant, condition=all_of([grant.condition, none_of(over)]), bars=bars)

    def _root(self) -> tuple[list[Clause], list[Clause]]:
        """A root gives or takes what it describes, but for its exceptions, which do the opposite within it."""
        root, type = self.wording.root, self.wording.type
        certain, perhaps = self._described(root, type)
        surely, maybe = _bound(root, "certainly"), _bound(root, "perhaps")
        opposite = "deny" if type == "permit" else "permit"
        read = [(each, *self._described(each, opposite)) for each in self.wording.exceptions]
        if type == "permit":
            within = any_of(possible for said, _, possible in read if not said.apart)
            excepted = [
                Clause(perhaps, maybe, besides=(Beside(possible, _bound(said, "perhaps"), f".{place}"),))
                for place, (said, _, possible) in enumerate(read)
                if said.apart
            ]
            grants = [Clause(all_of([certain, none_of(within)]), surely)]
            return grants, [Clause(all_of([perhaps, within]), maybe), *excepted]
        within = any_of(sure for said, sure, _ in read if not said.apart)
        besides = tuple(
            Beside(sure, _bound(said, "certainly"), f".{place}")
            for place, (said, sure, _) in enumerate(read)
            if said.apart
        )
        grants = [Clause(all_of([certain, within]), surely)]
        grants += [Clause(certain, surely, besides=(each,)) for each in besides]
        return grants, [Clause(all_of([perhaps, none_of(within)]), maybe, besides=besides, unless=bool(besides))]

    def _described(self, said: Said, type: str) -> tuple[Predicate, Predicate]:
        """The records that a provision of this type certainly describes, and those that it may."""
        of_type = has_one_of(".type", said.types) if said.types else EVERYTHING
        if self.type and said.types:
            of_type = EVERYTHING if self.type in said.types else NOTHING
        read = []
        for perhaps in (False, True):
            coded = _coded(said.codes, perhaps=perhaps) if said.codes else EVERYTHING
            labels = frozenset[str]().union(*(_reached(each, type, perhaps=perhaps) for each in said.labels))
            labelled = _labelled(labels, perhaps=perhaps) if said.labels else EVERYTHING
            bears = not said.purposes or any(self.purpose in _named(each, perhaps=perhaps) for each in said.purposes)
            read.append(all_of([of_type, coded, labelled]) if bears else NOTHING)
        certain, possible = read
        return certain, possible


def _coded(codes: frozenset[str], *, perhaps: bool) -> Predicate:
    """A record certainly has a code as its category, code or type; perhaps wherever else it stands in it."""
    own = has_one_of(".code", codes)
    return any_of([own, has_one_of(CODED, codes)]) if perhaps else own


def _labelled(labels: frozenset[str], *, perhaps: bool) -> Predicate:
    """A label of which nobody can tell what it means may be any of these."""
    if perhaps:
        return has_one_of(LABEL, labels | {UNTOLD})
    return all_of([has_one_of(LABEL, labels), none_of(has(LABEL, UNTOLD))])


def _bound(said: Said, sure: Sure) -> Sure | Literal[""]:
    return sure if said.bound else ""


@lru_cache(maxsize=4096)
def _reached(label: str, type: str, *, perhaps: bool) -> frozenset[str]:
    """The labels of records that a label of a provision reaches. Confidentiality is an order: a permit reaches down to
    less confidential records, a deny up to more."""
    system, _, code = label.rpartition("|")
    rising = tables.levels(system)
    if code in rising:
        at = rising.index(code)
        return frozenset(f"{system}|{each}" for each in (rising[: at + 1] if type == "permit" else rising[at:]))
    return _named(label, perhaps=perhaps)


@lru_cache(maxsize=4096)
def _named(code: str, *, perhaps: bool) -> frozenset[str]:
    """The codes that a code certainly means, it and those below it; perhaps also a wider one, which may mean it."""
    return tables.below(code) | tables.above(code) if perhaps else tables.below(code)


SILENCE = Coverage()
_UNKNOWN = Coverage(withholds=(Clause(EVERYTHING), Clause(EVERYTHING, suffix=BASE)))
