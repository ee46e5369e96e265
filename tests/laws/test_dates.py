"""The law of periods: what is told of a period, the rows that say so, and a second opinion are one.

docs/policy.md, "three answers"
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import vocabulary
from consent.evidence import post as held_post
from consent.provision import coverage, enforceable, wording
from consent.relations import contributions
from consent.verdict import EVERY_KEEPER, Verdict
from resources import conference
from resources.record import moment, period
from resources.record.version import Version
from resources.search.relation import Gathered, Relation, Row
from tests.laws import dates
from tests.laws.worlds import ref

LAW = settings(
    max_examples=1500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
years = st.sampled_from((1, 2, 4, 1600, 1900, 1950, 2000, 2016, 2024, 2026, 2026, 2027, 9998, 9999))
months, days = st.sampled_from((1, 2, 6, 11, 12)), st.sampled_from((1, 23, 24, 28, 29, 30, 31))
zones = st.sampled_from(("Z", "+09:00", "-00:00", "+14:00", "-12:00", "-14:00", "+05:45"))
times = st.sampled_from(("00:00:00", "09:00:00", "14:59:59", "15:00:00", "23:59:59", "23:59:60", "12:00:60"))
fractions = st.sampled_from(("", "", ".0", ".5", ".999", ".0009999", "." + "9" * 40))
NONSENSE: tuple[Any, ...] = (
    *(
        "",
        "soon",
        "0000",
        "0000-01-01",
        "10000",
        "26",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2026-1-1",
        " 2026",
        "2026 ",
    ),
    *("2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z", "2026-11-23T10:00:61Z", "2026-11-23T10:00:00+14:01", "9999x"),
    *("2026-11-23T10:00:00.Z", "2026-11-23T10:00:00+0900", "2026-11-23t10:00:00z", "２０２６", "2026-W48", "9999-13"),
    *("2026\n", None, 2026, True, {}, [], ["2026"]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A date of any precision at the edges of the calendar, of a day and of a month; some name days that are none."""
    year, month, day = draw(years), draw(months), draw(days)
    precise = f"{year:04}-{month:02}-{day:02}"
    timed = f"{precise}T{draw(times)}{draw(fractions)}{draw(zones)}"
    return draw(st.sampled_from((precise[:4], precise[:7], precise, timed, timed)))


bounds = texts() | texts() | texts() | st.sampled_from(NONSENSE)


@st.composite
def periods(draw: st.DrawFn) -> Any:
    made = {name: draw(bounds) for name in draw(st.sets(st.sampled_from(("start", "end"))))}
    if draw(st.integers(0, 9)) == 0:
        made |= {draw(st.sampled_from(("_start", "_end"))): {"extension": []}}
    return draw(st.sampled_from((made,) * 30 + (None, "always", [], 0)))


@st.composite
def asked(draw: st.DrawFn) -> tuple[Any, datetime]:
    """A period, and a time at or beside one of its ends, or anywhere."""
    written = draw(periods())
    edges = [each for name in ("start", "end") if isinstance(written, dict) and (each := _edge(written.get(name)))]
    at = draw(st.sampled_from((NOW, *edges, *edges, *edges)))
    try:
        return written, at + draw(st.sampled_from((-1000, -1, 0, 1, 999, 1000))) * timedelta(microseconds=1)
    except OverflowError:
        return written, at


def _edge(text: Any) -> datetime | None:
    found = moment.read(text) if isinstance(text, str) else None
    return moment.time(found.end if len(text) % 2 else found.start) if found else None


def test_what_is_told_of_a_period_is_what_a_second_opinion_says_and_what_its_rows_say() -> None:
    seen: Counter[bool | None] = Counter()

    @LAW
    @given(asked())
    def holds(case: tuple[Any, datetime]) -> None:
        written, now = case
        told = period.contains(written, now)
        assert told is dates.within(written, now), (written, now)
        assert _stands(_consent("permit", written), now) == ({"grants"} if told else set())
        assert _stands(_consent("deny", written), now) == (set() if told is False else {"withholds"})
        assert _stands(_consent("permit", written, excepting=True), now) == (
            {"grants", "withholds"} if told else set() if told is False else {"withholds"}
        )
        post = {"resourceType": "PractitionerRole", "id": "1", "practitioner": ref("Practitioner/1"), "period": written}
        assert _holds(contributions.of(post, ()), now) is (told is True)
        assert bool(held_post(_version(post), now)) is (told is True)
        seen[told] += 1

    holds()
    assert min(seen[each] for each in (True, False, None)) > 150, seen


def test_a_meeting_is_held_only_on_the_day_its_window_begins() -> None:
    seen: Counter[bool | None] = Counter()

    @LAW
    @given(asked())
    def holds(case: tuple[Any, datetime]) -> None:
        written, now = case
        told = conference.is_in_window({"period": written}, now)
        seen[told] += 1
        expected = dates.within(written, now)
        start = dates.read(written.get("start")) if isinstance(written, dict) else None
        if expected and (start is None or len(written["start"]) < 10 or written["start"][:4] == "9999"):
            assert told is None
        elif expected:
            assert start is not None
            day = int(start[0] + 9 * 3600) // 86_400
            assert told is (day == int(dates.second(now) + 9 * 3600) // 86_400)
        else:
            assert told is expected

    holds()
    assert min(seen[each] for each in (True, False, None)) > 50, seen


def _consent(type: str, written: Any, *, excepting: bool = False) -> dict[str, Any]:
    root: dict[str, Any] = {"type": type, "period": written}
    if excepting:
        classes = [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
        root["provision"] = [{"type": "deny", "class": classes}]
    scope = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
    consent = {"resourceType": "Consent", "id": "1", "status": "active", "patient": ref("Patient/1")}
    consent |= {"scope": {"coding": [scope]}}
    return consent | {"performer": [ref("Patient/1")], "sourceAttachment": {"title": "同意書"}, "provision": root}


COUNTING = Verdict(True, frozenset({EVERY_KEEPER}))


def _stands(consent: dict[str, Any], now: datetime) -> set[str]:
    """What the rows of a consent do at a time."""
    if not any(enforceable.unenforceable(consent)):
        wording.learn(wording.of(consent))
    said: set[str] = set()
    for relation in contributions.of(consent, tuple(sorted(COUNTING.terms()))):
        if _holds({relation}, now):
            found = coverage.coverage(wording.bare(relation.tag), vocabulary.CARE_MANAGEMENT)
            said |= {"grants"} if found.grants else set()
            said |= {"withholds"} if found.withholds else set()
    return said


def _holds(relations: frozenset[Relation] | set[Relation], now: datetime) -> bool:
    world = Gathered(now=period.instant(now))
    return any(Row(each, "", "~", "", 1).holds(world) for each in relations)


def _version(record: dict[str, Any]) -> Version:
    return Version(record["resourceType"], "1", 1, "", False, orjson.dumps(record), ())
