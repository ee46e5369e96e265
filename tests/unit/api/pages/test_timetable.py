"""api/pages/timetable.py and what it draws with"""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar
from playwright.sync_api import Page, sync_playwright

from api.pages import timetable, timetable_lettering, timetable_picture, timetable_words
from resources import care_plan
from resources.record.problem import Problem
from resources.week import Contact, Week

NAMES = {"Patient/mother": "母", "Patient/sister": "母の妹", "Patient/elder-son": "長男", "Patient/second-son": "二男"}
BASE = "https://tsunagu.example/fhir/StructureDefinition"
TEMPLATE = Path(__file__).parents[4] / "demo" / "household_h" / "total-care-plan.json"
SVG = "{http://www.w3.org/2000/svg}"
TOKYO = ZoneInfo("Asia/Tokyo")
NASTY = "<script>alert(\"1\")</script> & 'it' \u0000\u202e"
TEXTS = ("text/html", "image/svg+xml", "application/json", "text/calendar")
CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(scope="module")
def household_h() -> Week:
    text = re.sub(r"\{\{([A-Za-z]+/[a-z-]+)\}\}", r"\1", TEMPLATE.read_text(encoding="utf-8"))
    return care_plan.week({"id": "h", **json.loads(text)}, NAMES)


def week(*details: dict[str, Any], **more: Any) -> Week:
    activity = [{"detail": {"status": "scheduled", "code": {"text": "訪問看護"}, **detail}} for detail in details]
    return care_plan.week({"id": "p", "created": "2019-04-05", "activity": activity, **more}, NAMES)


def visit(day: str, at: str, minutes: int, **more: Any) -> dict[str, Any]:
    repeat = {"dayOfWeek": [day], "timeOfDay": [at], "duration": minutes, "durationUnit": "min"}
    return {"scheduledTiming": {"repeat": repeat}, **more}


def crowd() -> Week:
    names = ["ヘルパー", "通所リハビリテーション（長時間）", "Rehabilitation & “quotes”", NASTY]
    return week(
        *[
            visit(
                CODES[n % 7],
                time(n * 5 % 24, 15 * (n % 4)).isoformat(),
                (5, 30, 60, 300)[n % 4],
                code={"text": names[n % 3]},
                description=f"備考{n}" + "あ" * (n % 50),
            )
            for n in range(200)
        ],
        {"code": {"text": "長い名前" * 40}, "description": "説明" * 80, "scheduledString": "随時"},
        title="題名" * 40,
    )


def events(of: Week) -> dict[str, Any]:
    calendar = Calendar.from_ical(timetable.render(of, "text/calendar")[0])
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def days(event: Any, until: date) -> list[date]:
    """The days an event falls on, as a calendar program tells them."""
    begin = event.decoded("dtstart")
    local = begin.replace(tzinfo=None) if isinstance(begin, datetime) else datetime.combine(begin, time())
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=local)
    return [found.date() for found in rule.between(local, datetime.combine(until, time(23)), inc=True)]


@pytest.mark.parametrize(
    ("media_type", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("image/svg+xml", "image/svg+xml; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/calendar", "text/calendar; charset=utf-8"),
    ],
)
def test_each_format_is_named_and_says_every_service(household_h: Week, media_type: str, content_type: str) -> None:
    body, named = timetable.render(household_h, media_type)
    assert named == content_type
    text = body.decode().replace("\r\n ", "")
    services = [*household_h.weekly, *(service for group in household_h.other for service in group.services)]
    assert len(services) == 14
    assert [it.label for it in services if it.label not in text] == []
    assert [it.note for it in services if it.note not in text] == []


def test_the_same_plan_gives_the_same_bytes(household_h: Week) -> None:
    for media_type in ("text/html", "image/svg+xml", "application/json", "text/calendar", "application/pdf"):
        assert timetable.render(household_h, media_type) == timetable.render(household_h, media_type)


def test_another_format_is_refused_by_name(household_h: Week) -> None:
    with pytest.raises(Problem, match="`text/plain`") as raised:
        timetable.render(household_h, "text/plain")
    assert raised.value.kind == "not-supported"


def test_the_picture_says_what_the_sheet_of_the_city_says(household_h: Week) -> None:
    picture = ElementTree.fromstring(timetable.render(household_h, "image/svg+xml")[0])
    said = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    for wanted in (
        "複合課題トータルケアプラン（世帯の週間予定表）",
        "Ｈ 様",
        "平成31年（2019年）4月5日作成",
        "備考",
        "＊訪問看護（母）",
    ):
        assert wanted in said
    assert [band.get("aria-label") for band in picture.iter(f"{SVG}g") if band.get("class") == "side"] == list(
        timetable_words.JAPANESE.bands
    )
    assert [text for text in said if text in "月火水木金土日"] == list(timetable_words.JAPANESE.days)
    assert [text for text in said if re.fullmatch(r"\d+:00", text)][:13] == [f"{h % 24}:00" for h in range(4, 29, 2)]
    assert [text for text in said if text.startswith("＊母") or text == "＊世帯全体"] == [
        "＊母",
        "＊母、二男",
        "＊母、長男、二男",
        "＊世帯全体",
    ]
    assert len(picture.findall(f"{SVG}g[@class]/{SVG}title")) == len(household_h.entries) == 15


def test_the_page_has_a_table_of_every_entry_in_words(household_h: Week) -> None:
    page = timetable.render(household_h, "text/html")[0].decode()
    assert page.startswith('<!doctype html>\n<html lang="ja">')
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in table.split("</tr>")[:-1]]
    assert len(rows) == 15
    assert rows[2] == ["月", "16:00–17:00", "訪問看護", "母", "入浴介助"]
    assert "first Tuesday of each month" not in page
    english = timetable.render(household_h, "text/html", "en")[0].decode()
    assert '<html lang="en">' in english
    assert "first Tuesday of each month" in english
    assert not re.search("月曜|第1火曜|どなたの|備考|様<", english)
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page


def test_the_plain_structure_tells_times_and_rules(household_h: Week) -> None:
    told = json.loads(timetable.render(household_h, "application/json")[0])
    assert told["made"] == "2019-04-05"
    assert told["entries"][2] == {
        "day": "mon",
        "start": "16:00",
        "end": "17:00",
        "label": "訪問看護",
        "for": "母",
        "note": "入浴介助",
    }
    hospital = told["other"][0]["services"][2]
    assert (hospital["rule"], hospital["first"]) == ("FREQ=MONTHLY;BYDAY=1TU", "2019-05-07")
    assert hospital["when"] == {"ja": "毎月第1火曜日　午前", "en": "first Tuesday of each month, morning"}


def test_the_calendar_recurs_on_the_right_days(household_h: Week) -> None:
    made = events(household_h)
    assert days(made["○○病院（神経内科）（母）"], date(2019, 8, 31)) == [
        date(2019, 5, 7),
        date(2019, 6, 4),
        date(2019, 7, 2),
        date(2019, 8, 6),
    ]
    assert days(made["○○居宅介護支援事業所（母）"], date(2019, 6, 30)) == [
        date(2019, 4, 30),
        date(2019, 5, 31),
        date(2019, 6, 30),
    ]
    assert days(made["保健センター（母、二男）"], date(2019, 9, 1)) == [
        date(2019, 4, 8),
        date(2019, 6, 10),
        date(2019, 8, 12),
    ]
    assert days(made["ヘルパー（母）"], date(2019, 4, 12)) == [date(2019, 4, 5), date(2019, 4, 9), date(2019, 4, 12)]


def test_the_calendar_keeps_local_times_and_whole_weeks(household_h: Week) -> None:
    made = events(household_h)
    assert made["訪問看護（母）"].decoded("dtstart") == datetime(2019, 4, 8, 16, tzinfo=TOKYO)
    assert made["訪問看護（母）"].decoded("dtend") == datetime(2019, 4, 8, 17, tzinfo=TOKYO)
    week_two = made["こころの健康センター（母、長男、二男）"]
    assert week_two.decoded("dtend") - week_two.decoded("dtstart") == timedelta(days=5)
    rental = made["福祉用具（レンタル）（母）"]
    assert (rental.decoded("dtstart"), rental.get("rrule"), str(rental["transp"])) == (
        date(2019, 4, 5),
        None,
        "TRANSPARENT",
    )
    assert {str(event["class"]) for event in made.values()} == {"CONFIDENTIAL"}
    assert len({str(event["uid"]) for event in made.values()}) == len(made) == 14


def test_a_part_of_the_day_is_its_hours_and_what_goes_on_is_no_single_day(household_h: Week) -> None:
    made = events(household_h)
    hospital = made["○○病院（神経内科）（母）"]
    assert hospital.decoded("dtstart") == datetime(2019, 5, 7, 9, tzinfo=TOKYO)
    assert hospital.decoded("dtend") == datetime(2019, 5, 7, 12, tzinfo=TOKYO)
    rental = made["福祉用具（レンタル）（母）"]
    assert rental.decoded("dtend") - rental.decoded("dtstart") > timedelta(days=365)


def test_a_draft_says_so_in_every_form() -> None:
    draft = week(visit("mon", "10:00:00", 60), status="draft", title="計画")
    for media_type in ("text/html", "image/svg+xml", "application/json", "text/calendar"):
        assert "計画（案）" in timetable.render(draft, media_type)[0].decode()
    assert {str(event["status"]) for event in events(draft).values()} == {"TENTATIVE"}
    assert "計画 (draft)" in timetable.render(draft, "text/html", "en")[0].decode()


def test_telephone_numbers_of_who_provides_a_service_are_on_the_sheet() -> None:
    detail = {"status": "scheduled", "code": {"text": "訪問"}, "performer": [{"reference": "Organization/a"}]}
    activity = [{"detail": detail | visit("mon", "10:00:00", 60)}]
    plan = {"id": "p", "created": "2019-04-05", "activity": activity}
    drawn = care_plan.week(plan, NAMES, contacts={"Organization/a": Contact("訪問看護所", ("086-000-0001",))})
    for media_type in ("text/html", "image/svg+xml", "application/json"):
        body = timetable.render(drawn, media_type)[0].decode()
        assert "訪問看護所" in body
        assert "086-000-0001" in body
    (event,) = events(drawn).values()
    assert str(event["contact"]) == "訪問看護所 086-000-0001"


def test_the_week_is_that_of_the_day_and_says_so(household_h: Week) -> None:
    detail = visit("mon", "10:00:00", 60, code={"text": "訪問"})
    detail["scheduledTiming"]["repeat"]["boundsPeriod"] = {"start": "2019-06-01"}
    activity = [{"detail": {"status": "scheduled", **detail}}]
    plan = {"id": "p", "created": "2019-04-05", "activity": activity}
    early, late = (care_plan.week(plan, NAMES, day) for day in (date(2019, 4, 8), date(2019, 6, 3)))
    assert (len(early.entries), len(late.entries)) == (0, 1)
    assert "平成31年（2019年）4月8日の週" in timetable.render(early, "text/html")[0].decode()
    assert "訪問（世帯全体）は令和元年（2019年）6月1日から" in timetable.render(early, "text/html")[0].decode()


def test_two_services_at_one_time_for_one_person_are_said_on_the_sheet(household_h: Week) -> None:
    assert household_h.clashes == ()

    def whom(name: str) -> dict[str, Any]:
        return {"extension": [{"url": f"{BASE}/activity-subject", "valueReference": {"reference": f"Patient/{name}"}}]}

    hospital = {"url": f"{BASE}/recurrence-rule", "valueString": "FREQ=MONTHLY;BYDAY=1TU"}
    drawn = week(
        visit("mon", "10:00:00", 60, code={"text": "甲"}, **whom("mother")),
        visit("mon", "10:30:00", 60, code={"text": "乙"}, **whom("mother")),
        visit("mon", "10:30:00", 60, code={"text": "丙"}, **whom("sister")),
        visit("mon", "11:30:00", 30, code={"text": "丁"}, **whom("mother")),
        visit("tue", "11:00:00", 60, code={"text": "戊"}, **whom("mother")),
        {"code": {"text": "病院"}, "scheduledTiming": {"extension": [hospital], "repeat": {"when": ["MORN"]}}}
        | whom("mother"),
    )
    told = [(each.one.label, each.other.label, each.day, each.at, each.on) for each in drawn.clashes]
    assert told == [("甲", "乙", 0, "10:30", None), ("戊", "病院", 1, "11:00", date(2019, 5, 7))]
    page = timetable.render(drawn, "text/html")[0].decode()
    assert "月 10:30：甲（母） ／ 乙（母）" in page
    assert "令和元年（2019年）5月7日 11:00：戊（母） ／ 病院（母）" in page


def test_labels_stand_letter_by_letter_where_they_run_down(household_h: Week) -> None:
    """Few renderers but browsers know vertical text: none is asked of them."""
    drawn = timetable.render(household_h, "image/svg+xml")[0].decode()
    assert "writing-mode" not in drawn
    assert "text-orientation" not in drawn


def test_the_sheet_is_one_page_of_paper(household_h: Week) -> None:
    printed = timetable.render(household_h, "application/pdf")[0]
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert len(re.findall(rb"/Type\s*/Page\b", timetable.render(crowd(), "application/pdf")[0])) > 1
    assert timetable.render(household_h, "image/png")[0].startswith(b"\x89PNG")


def test_the_sheet_brings_its_letters_along(household_h: Week) -> None:
    """Whatever fonts a machine has, all are of the one family that comes with the server."""
    printed = timetable.render(household_h, "application/pdf")[0]
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    read = b"".join(zlib.decompress(each) for each in packed if each.startswith(b"x"))
    fonts = set(re.findall(rb"/BaseFont/\w{6}\+([\w-]+)", printed + read))
    assert fonts
    assert all(font.startswith(b"NotoSansCJKjp-") for font in fonts), fonts


def test_the_calendar_ends_with_the_plan() -> None:
    rule = [{"url": f"{BASE}/recurrence-rule", "valueString": "FREQ=MONTHLY;BYDAY=1TU;COUNT=9"}]
    made = events(
        week(
            visit("mon", "10:00:00", 60, code={"text": "時刻"}),
            {"code": {"text": "終日"}, "scheduledTiming": {"repeat": {"dayOfWeek": ["mon"]}}},
            {"code": {"text": "回数"}, "scheduledTiming": {"extension": rule}},
            period={"start": "2019-04-05", "end": "2019-06"},
        )
    )
    assert made["時刻（世帯全体）"]["rrule"]["UNTIL"][0] == datetime(2019, 6, 30, 23, 59, 59, tzinfo=TOKYO)
    assert made["終日（世帯全体）"]["rrule"]["UNTIL"] == [date(2019, 6, 30)]
    assert made["回数（世帯全体）"]["rrule"]["COUNT"] == [2]


def test_what_begins_after_its_end_is_not_in_the_calendar() -> None:
    assert events(week(visit("mon", "10:00:00", 60), period={"start": "2019-04-05", "end": "2019-04-06"})) == {}


def test_no_value_can_become_markup() -> None:
    nasty = week(
        visit("mon", "10:00:00", 300, code={"text": NASTY}, description=NASTY),
        {"code": {"text": NASTY}, "description": NASTY, "scheduledString": NASTY},
        title=NASTY,
        subject={"display": NASTY},
        note=[{"text": NASTY}],
    )
    page = timetable.render(nasty, "text/html")[0].decode()
    picture = timetable.render(nasty, "image/svg+xml")[0].decode()
    assert "<script" not in page + picture
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;it&#39;" in page
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(picture).iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "text", "line", "g"}
    assert json.loads(timetable.render(nasty, "application/json")[0])["title"] == NASTY
    assert list(events(nasty)) == ["<script>alert(\"1\")</script> & 'it' （世帯全体）"]


@pytest.mark.parametrize("of", [week(), crowd()], ids=["empty", "two hundred"])
def test_an_empty_and_a_crowded_week_are_drawn(of: Week) -> None:
    picture = timetable_picture.picture(of, timetable_words.JAPANESE)
    assert len(picture.blocks) == len(of.entries)
    for block in picture.blocks:
        assert block.x >= timetable_picture.DAYS_LEFT
        assert block.x + block.width <= timetable_picture.NOTES_LEFT
        assert block.y >= timetable_picture.TOP
        assert block.y + block.height <= picture.bottom
    for one, two in combinations(picture.blocks, 2):
        apart = one.x + one.width <= two.x or two.x + two.width <= one.x
        assert apart or one.y + one.height <= two.y or two.y + two.height <= one.y
    for media_type in (*TEXTS, "application/pdf", "image/png"):
        for language in ("ja", "en"):
            assert timetable.render(of, media_type, language)[0]


def test_a_crowded_week_prints_its_table_too(household_h: Week) -> None:
    assert "break-before:page" in timetable.render(crowd(), "text/html")[0].decode()
    assert "break-before:page" not in timetable.render(household_h, "text/html")[0].decode()


def test_lettering_stays_in_its_box() -> None:
    for text in ("A型就労（母の妹）", "ヘルパー", "Rehabilitation", "あ" * 60):
        for room, depth in ((100, 20), (40, 120), (20, 20), (12, 200), (300, 40)):
            found = timetable_lettering.fitted(text, room, depth, 13, 6.5)
            if found is None:
                continue
            assert found.depth <= (room if found.upright else depth)
            longest = max(timetable_lettering.width(line, found.size) for line in found.lines)
            assert found.upright or longest <= room
            assert "".join(found.lines) == text


def test_no_line_begins_with_a_full_stop() -> None:
    assert timetable_lettering.broken("あいうえお。かき", 10, 50) == ("あいうえ", "お。かき")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium")
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.mark.browser
def test_a_browser_shows_every_block_with_its_words_inside_and_none_over_another(page: Page, household_h: Week) -> None:
    page.set_content(timetable.render(household_h, "text/html")[0].decode())
    boxes = page.locator("g.block > rect.fill").evaluate_all(
        "all => all.map(it => it.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
    )
    assert len(boxes) == 15
    for one, two in combinations(boxes, 2):
        assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
    outside = page.locator("g.block").evaluate_all(
        """all => all.flatMap(block => {
            const box = block.querySelector('rect.fill').getBoundingClientRect();
            return [...block.querySelectorAll('text')].filter(text => {
                const at = text.getBoundingClientRect();
                return at.left < box.left || at.right > box.right || at.top < box.top - 1 || at.bottom > box.bottom + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


@pytest.mark.browser
@pytest.mark.parametrize("of", ["household", "crowd"])
def test_in_a_browser_nothing_of_the_sheet_runs_over_its_edge(page: Page, household_h: Week, of: str) -> None:
    page.set_content(timetable.render(household_h if of == "household" else crowd(), "text/html")[0].decode())
    over = page.locator("svg.timetable").evaluate(
        """sheet => {
            const edge = sheet.getBoundingClientRect();
            return [...sheet.querySelectorAll('text')].filter(text => {
                const at = text.getBoundingClientRect();
                return at.left < edge.left || at.right > edge.right || at.top < edge.top || at.bottom > edge.bottom;
            }).map(text => text.textContent);
        }"""
    )
    assert over == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_on_a_telephone_nothing_is_clipped_and_every_service_is_there(page: Page, household_h: Week) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.set_content(timetable.render(household_h, "text/html")[0].decode())
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        beyond = page.locator("td, th, li, p, h1, h2").evaluate_all(
            """all => all.filter(it => it.offsetParent && it.getBoundingClientRect().right > 360)
                .map(it => it.textContent)"""
        )
        assert beyond == []
        assert not page.locator(".paper").is_visible()
        assert page.locator("td.when").count() == len(household_h.entries)
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.browser
def test_the_sheet_prints_on_one_page_on_its_side(page: Page, household_h: Week) -> None:
    page.set_content(timetable.render(household_h, "text/html")[0].decode())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 84[12][.\d]* 59[456]", printed)
