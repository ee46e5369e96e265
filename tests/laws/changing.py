"""Records and rows that change from question to question, and every condition one can ask of them: for hypothesis.

Few names and values, so that conditions meet records; with odd characters, which no reading may trip over.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from resources.search.order import ID, SINCE, Key
from resources.search.predicate import (
    AllOf,
    Among,
    AnyOf,
    Contains,
    Each,
    Has,
    HasOther,
    Is,
    Leads,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
    all_of,
    some,
)
from resources.search.relation import FOREVER, Relation, Values

RECORDS = ["A/1", "A/2", "A/3", "A/4", "B/1", "G/1", "G/2"]
PERSONS = ["P/1", "P/2", "P/3"]
# The neighbours of the separator, the ends of UTF-8, what SQL and JSON quote, and references that are none.
ODD = ["", " ", "!", "A", "A/", "/1", "A/1/2", "P/1 ", "'\"", "%_\\", "é", "\ud7ff", "\ue000", "漢😀"]
NAMES = [".subject", ".household", "ref", "date", ".begins", ".ends", "r'é\"%_"]
RELATIONS = ["member", "consent", "c'漢"]
TAGS = ["", "t1", "t2", "t'"]
KEEPERS = ["", "A/1", "B/1", "é'"]
MOMENTS = ["", "2026-01", "2026-02", "2026-03", FOREVER]
TEAMS = ["", "", "T/1", "G/1"]
ABOUT = ["", "", ".subject P/1", "ref A/1", "r'é\"%_ '"]

names = st.sampled_from(NAMES)
values = st.sampled_from(RECORDS * 2 + PERSONS * 2 + ODD)
COMMON = [".subject P/1", ".subject P/2", ".household G/1", ".household G/2", "ref A/1", "ref A/2", "ref B/1"]
DATES = ["date <1", "date <2", "date <3", "date <漢"]
SPANS = [f".{name} {at}" for name in ("begins", "ends") for at in ("2026-01", "2026-02", "2026-03")]
common = st.sampled_from([*COMMON, *DATES, *SPANS])
terms = st.one_of(common, common, common, st.builds("{} {}".format, names, values))
relations = st.one_of(
    st.builds(
        Relation,
        st.sampled_from(RELATIONS),
        st.sampled_from(["P/1", "P/2", "P/3", "G/1", "A/1", "", "é'"]),
        st.sampled_from(["P/1", "P/2", "O/1", "O/2", "漢\"'"]),
        st.sampled_from(TAGS),
        st.sampled_from(MOMENTS[:3]),
        st.sampled_from(MOMENTS[2:]),
        st.sampled_from(TEAMS),
        st.sampled_from(ABOUT),
        st.sampled_from(["", *MOMENTS[:3]]),
        st.sampled_from([FOREVER, *MOMENTS[2:]]),
        st.sampled_from(KEEPERS),
    ),
    st.builds(Relation, st.just("team"), st.sampled_from(TEAMS[2:]), st.sampled_from(["O/1", "P/1"])),
    st.builds(Relation, st.just("member"), st.sampled_from(["G/1", "G/2"]), st.sampled_from(PERSONS)),
    st.builds(Relation, st.just("consent"), st.sampled_from(PERSONS), st.just("O/1"), st.sampled_from(TAGS[:2])),
    st.builds(
        Relation,
        st.just("consent"),
        st.sampled_from(PERSONS),
        st.just("O/1"),
        st.sampled_from(TAGS[:2]),
        keeper=st.sampled_from(KEEPERS),
    ),
)


@dataclass(frozen=True)
class Put:
    """A version of a record, deleted or not, with the rows it contributes."""

    reference: str
    terms: frozenset[str]
    relations: frozenset[Relation]
    deleted: bool = False


@dataclass(frozen=True)
class Derive:
    """Terms that follow from others."""

    reference: str
    terms: frozenset[str]


def _puts(reference: str, deleted: st.SearchStrategy[bool]) -> st.SearchStrategy[Put]:
    some = st.frozensets(terms, min_size=1, max_size=6)
    if reference.startswith("G/"):
        members = st.builds(Relation, st.just("member"), st.just(reference), st.sampled_from(PERSONS))
        return st.builds(Put, st.just(reference), some, st.frozensets(members, max_size=3), deleted)
    return st.builds(Put, st.just(reference), some, st.frozensets(relations, min_size=1, max_size=5), deleted)


_seldom = st.integers(0, 5).map(lambda number: number == 5)
beginnings = st.tuples(*(_puts(reference, st.just(False)) for reference in RECORDS)).map(list)
"""The first transaction: every record."""


_several = st.lists(st.sampled_from(RECORDS), min_size=1, max_size=5, unique=True).flatmap(
    lambda references: st.tuples(*(_puts(reference, _seldom) for reference in references))
)
_derived = st.lists(st.builds(Derive, st.sampled_from(RECORDS), st.frozensets(terms, max_size=2)), max_size=1)
transactions = st.builds(lambda puts, derived: [*puts, *derived], _several, _derived)
"""What one transaction writes: each record at most once."""

sought = st.one_of(
    st.builds(Values, st.sampled_from([".subject", "ref"])),
    st.builds(Values, st.just(".subject"), st.just(".household"), st.just("member"), st.booleans()),
    st.builds(Values, names, names, st.sampled_from(RELATIONS), st.booleans()),
)
_ends = st.frozensets(st.sampled_from(["P/1", "P/2", "O/1", "O/2", "漢\"'", "\ud800"]), max_size=3)
everywhere = st.none() | st.just(frozenset(["O/1"])) | _ends
_asked = (
    st.sampled_from([*RELATIONS, "consent", "consent"]),
    everywhere,
    st.none() | st.frozensets(st.sampled_from([*TAGS, "\0"]), max_size=3),
    st.sampled_from(["", "certainly", "perhaps"]),
)
_keeper = st.sampled_from(["", "", "ref", *NAMES])
among = st.builds(Among, st.frozensets(st.sampled_from([*PERSONS, "A/1"]) | values | st.just("\ud800"), max_size=4))
own = st.one_of(
    st.builds(Is, common),
    st.builds(Is, terms | st.sampled_from([".type A", ".type B", ".type G", ".id A/1", "ref \0"])),
    st.builds(Has, terms, terms),
    st.builds(lambda lows: Has(*sorted(lows)), st.tuples(common, common)),
    st.builds(lambda name: Has(f"{name} ", f"{name}!"), names),
    st.builds(HasOther, names, st.frozensets(values, max_size=4)),
    st.builds(
        Contains,
        names.map(lambda name: f"{name} ") | common,
        common.map(lambda term: term[-2:] or "a"),
        st.booleans(),
    ),
)
types = st.sampled_from(["A", "A", "B", "G", "X"])

_same = st.builds(Related, *_asked, st.just(True), keeper=_keeper)
_besides = st.recursive(
    own | _same,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda one, other: AllOf((one, other)), inner, inner),
        st.builds(lambda one, other: AnyOf((one, other)), inner, inner),
    ),
    max_leaves=3,
)
_written = st.sampled_from([False, False, True])
rows = st.builds(Related, *_asked, keeper=_keeper, written=_written) | st.builds(
    Related, *_asked, st.booleans(), _besides, keeper=_keeper, written=_written
)
"""Rows that speak of some records alone, and rows with others beside them that the same record says."""


def _around(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    return st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Linked, names, inner),
        st.builds(LinkedFrom, types, names, inner),
        st.builds(Each, sought, inner),
        st.builds(some, sought, inner),
    )


households = st.builds(
    Values, st.sampled_from([".subject", "date"]), st.just(".household"), st.just("member"), st.booleans()
)
led_to = st.builds(Related, st.just("consent"), st.just(frozenset(["O/1"])), keeper=st.sampled_from(["", "ref"]))
persons = st.builds(Among, st.frozensets(st.sampled_from(PERSONS), min_size=1, max_size=2))
led_on = st.builds(Leads, st.sampled_from(["consent", "consent", *RELATIONS]), rows | among)
"""What is asked of whom a row leads to from the value at hand."""
_gone = st.builds(Related, st.sampled_from(RELATIONS), written=st.booleans()) | persons
gone: st.SearchStrategy[Predicate] = _gone | st.builds(lambda one: AnyOf((one, Leads("consent", one))), _gone)
"""What excepts a value from what is asked of all."""
single = st.one_of(
    st.builds(some, households, persons),
    st.builds(Each, households, persons),
    st.builds(lambda where, row, one: some(where, AnyOf((row, one))), sought | households, led_to, persons | rows),
    st.builds(lambda where, row, one: some(where, AllOf((row, one))), sought | households, led_to, persons | rows),
    own,
    st.builds(Linked, st.sampled_from(["ref", ".subject", ".household"]), own),
    st.builds(
        LinkedFrom, st.sampled_from(["A", "B"]), st.sampled_from(["ref", ".household"]), st.just(AllOf(())) | own
    ),
    st.builds(Each, sought, rows | among),
    st.builds(some, sought, rows | among),
    st.builds(Each, sought, led_on),
    st.builds(some, sought, led_on),
    st.builds(lambda each, row: AllOf((some(each), Each(each, row))), sought, rows),
    st.builds(
        lambda each, row, gone: AllOf((some(each, Not(gone)), Each(each, AnyOf((row, gone))))),
        sought | households,
        led_to | rows,
        gone,
    ),
    st.builds(Each, sought, st.builds(Linked, st.sampled_from(["ref", ".household"]), rows | among)),
    st.builds(some, sought, st.builds(LinkedFrom, types, st.just("ref"), st.builds(Each, sought, rows | among))),
    st.builds(Not, own),
    st.builds(lambda one, other: AllOf((one, Not(other))), own, own),
    st.builds(lambda one, other: AnyOf((one, other)), own, own),
    st.sampled_from([AllOf(()), AnyOf(())]),
)
"""One leaf, as rules and searches use it."""

predicates = st.one_of(single, st.recursive(own | rows | among | led_on, _around, max_leaves=10))
within = st.one_of(st.just(AllOf(())), st.just(Is(".type A")), predicates)

keys = st.one_of(
    st.sampled_from([ID, SINCE]),
    st.builds(Key, st.sampled_from(["id", "since", "date <", "date <", "ref ", "r'é\"%_ "]), st.booleans()),
)
orders = st.lists(keys, min_size=1, max_size=3).map(tuple)
dated = st.builds(lambda first, rest: (first, *rest), st.builds(Key, st.just("date <"), st.booleans()), orders)
of_one_type = st.builds(lambda what: all_of([Is(".type A"), what]), st.just(AllOf(())) | own)
