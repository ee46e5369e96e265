"""$evaluate-measure: what is counted is counted by the server, and nothing but the numbers is told of it.

docs/policy.md, P10: live for the lead section; for the statistician as reported, each closed month once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from consent import evidence, policy, vocabulary
from consent.facts import Facts
from consent.reading.reading import Reading
from consent.rule import Action, Decision
from consent.rules import statistics
from consent.views import small_cells
from consent.writing import server_record
from consent.writing.after_image import Own
from consent.writing.aside import MOMENT, aside
from consent.writing.change import UnitOfWork
from resources import figures, fiscal_year, measure_report, results
from resources.figures import Table
from resources.record import moment, period, problem
from resources.record.envelope import Origin, value
from resources.record.problem import Problem
from resources.record.version import Version
from resources.results import source
from resources.results.source import Counts, Source
from resources.search.predicate import Predicate, all_of, any_of, has
from resources.store.port import Query, Snapshot

COUNTED: Predicate = any_of(each.what for each in results.SOURCES)
"""What is counted, for whoever may ask for numbers: of it nothing else is ever told."""

REPORTED: Predicate = has(".type", "MeasureReport")
"""Under this the server looks which months are reported."""

MOST = 50_000
"""Versions that one measure may be counted from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A published Measure and the days it is asked for, both included."""

    measure: Mapping[str, Any]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and whether this request made it."""

    report: Version
    new: bool
    decision: Decision

    @property
    def action(self) -> Action:
        return "create" if self.new else "read"

    @property
    def told(self) -> tuple[Version, ...]:
        return (self.report,)


def leads(facts: Facts) -> bool:
    """Whether who asks is told the numbers live and whole."""
    return bool(facts.holds(vocabulary.LEAD_SECTION))


async def live(reading: Reading, asked: Asked) -> Table:
    """The numbers as they stand, for the lead section. Raises Problem `forbidden`, `too-costly`."""
    decision = allowed(reading.facts)
    if not leads(reading.facts):
        raise _not_yours()
    found = await _table(reading.view, asked)
    reading.decisions.append(decision)
    return found


async def report(unit: UnitOfWork, asked: Asked, id: str) -> Reported:
    """Report closed months, each once; a period that was reported already is answered as it was.

    Raises Problem `forbidden`, and `business-rule` where a month is not closed or stands in another report.
    """
    decision, today = allowed(unit.facts), moment.local_day(moment.of(unit.facts.actor.now))
    days = (asked.first.isoformat(), asked.last.isoformat())
    for each in await _reports(unit.tx, asked.measure["url"]):
        stands = measure_report.period(evidence.body(each))
        if stands == days:
            return Reported(each, False, decision)
        if stands[0] <= days[1] and days[0] <= stands[1]:
            raise _wrong(
                f"a month once reported is not reported anew: {stands[0]} to {stands[1]} stands; ask for that, "
                "or report months beside it",
                f"一度報告した月は改めて報告しません。{stands[0]} から {stands[1]} までは報告済みです。"
                "その期間を見るか、重ならない月を報告してください",
            )
    if not fiscal_year.is_whole_months(asked.first, asked.last) or not fiscal_year.is_closed(asked.last, today):
        raise _wrong(
            "numbers are reported over months that are over, from the first of one to the end of one",
            "報告するのは終わった月だけです。月の初めから月の終わりまでを指定してください",
        )
    told = small_cells.withheld(await _table(unit.tx, asked))
    agency = min(unit.facts.agencies)
    sent = measure_report.of(told, period.instant(unit.facts.actor.now), agency)
    made = await server_record.written(unit, id, sent, Own(Origin(agency, unit.facts.writer)))
    return Reported(made, True, decision)


def allowed(facts: Facts) -> Decision:
    """P10: for the statistician and the lead section, for statistics, by a token that reaches so far."""
    made = policy.ruling("read", facts).rules
    policy.covered(made, "MeasureReport")
    found = [rule for rule in made if rule.id == statistics.ID]
    if not found:
        raise _not_yours()
    return Decision(True, tuple(found))


async def _table(view: Snapshot, asked: Asked) -> Table:
    counts: dict[str, Sequence[source.Counted]] = {}
    for each in _sources(asked.measure):
        counts |= await _counted(view, each)
    for row in figures.rows(asked.measure):  # several kinds in one number: `meetings-of:a,b`
        for name in (row.counted, row.scored):
            kind, _, codes = name.partition(":")
            if "," in codes:
                counts[name] = [one for code in codes.split(",") for one in counts.get(f"{kind}:{code}", ())]
    return figures.table(asked.measure, asked.first, asked.last, counts)


def _sources(measure: Mapping[str, Any]) -> list[Source]:
    asked = {name.partition(":")[0] for row in figures.rows(measure) for name in (row.counted, row.scored)}
    return [each for each in results.SOURCES if each.names & asked]


async def _counted(view: Snapshot, counted: Source) -> Counts:
    """What a source counts, from the records that stand and all their versions."""
    current = (await view.find(Query(counted.what, limit=MOST + 1), within=COUNTED)).versions
    standing = {each.reference: value(each.terms, ".custodian") for each in current}
    versions = (await view.find(Query(counted.what, limit=MOST + 1, history=True), within=COUNTED)).versions
    if len(versions) > MOST:
        text, ja = "there is more to count than one question may", "一度に数えられる件数を超えています"
        raise Problem.of("too-costly", text, ja)
    kept = sorted((each for each in versions if each.reference in standing), key=lambda it: (it.reference, it.number))

    def count() -> Counts:
        courses = [
            source.course(list(group), standing[name]) for name, group in groupby(kept, key=lambda it: it.reference)
        ]
        return counted.count(courses)

    return await aside(MOMENT + 1 if len(kept) > 100 else 0, count)


async def _reports(view: Snapshot, measure: str) -> list[Version]:
    found = await view.find(Query(all_of([REPORTED])), within=REPORTED)
    return [each for each in found.versions if evidence.body(each).get("measure") == measure]


def _not_yours() -> Problem:
    text = (
        "the lead section is told the numbers as they stand, the statistician those that are reported, both for the "
        "purpose `statistics`"
    )
    ja = "集計は、統計の目的（statistics）のトークンで、主管課は今の数を、統計担当は報告済みの数を見ます"
    return Problem("forbidden", problem.of_rule(statistics.ID, text, ja, "", "forbidden"))


def _wrong(text: str, ja: str) -> Problem:
    return Problem("business-rule", problem.of_rule(statistics.ID, text, ja, "periodStart"))
