"""What the sheet of a week says beside the plan's own words, in one language at a time.

docs/timetable.md; https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from resources import care_plan
from resources.record import era
from resources.timing import Schedule
from resources.week import Clash, Service, Week


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `days` from Monday, `bands` as the day goes on from 4:00."""

    language: str
    title: str
    draft: str
    days: tuple[str, ...]
    bands: tuple[str, ...]
    head: str
    honorific: str
    notes: str
    not_weekly: tuple[str, str]
    weekly: str
    other: str
    nothing: str
    day: str
    time: str
    service: str
    whom: str
    note: str
    content: str
    when: str
    contacts: str
    clashes: str
    continued: str
    whole: str
    somebody: str
    signer: str
    handed: tuple[str, str]
    kept: str

    def titled(self, week: Week) -> str:
        """The plan's title, and that it is a draft."""
        said = self.title if week.title == care_plan.TITLE else week.title
        return f"{said}{self.draft}" if week.draft else said

    def made(self, on: date) -> str:
        """When the plan was made."""
        return f"{era.shown(on)}作成" if self.language == "ja" else f"made {on.isoformat()}"

    def valid(self, on: date) -> str:
        """Of which day the week is drawn."""
        return f"{era.shown(on)}の週" if self.language == "ja" else f"week of {on.isoformat()}"

    def said(self, schedule: Schedule) -> str:
        """When a service is."""
        return schedule.ja if self.language == "ja" else schedule.en

    def member(self, name: str) -> str:
        """Whom a service is for: a word of the household as it is, ours in this language."""
        ours = {care_plan.WHOLE: self.whole, care_plan.SOMEBODY: self.somebody, care_plan.SIGNER: self.signer}
        return ours.get(name, name)

    def given(self, week: Week) -> str:
        """For whom it is printed."""
        before, after = self.handed
        return f"{before}{self.member(week.recipient)}{after}" if week.recipient else self.kept

    def named(self, service: Service) -> str:
        """What a service is called: `ヘルパー（母）`."""
        member = self.member(service.member)
        return f"{service.label}（{member}）" if self.language == "ja" else f"{service.label} ({member})"

    def coming(self, service: Service) -> str:
        """A service that begins later."""
        on = service.schedule.begins
        if self.language == "ja":
            return f"{self.named(service)}は{era.shown(on)}から"
        return f"{self.named(service)} from {on.isoformat()}"

    def clash(self, found: Clash) -> str:
        """Two services at one time."""
        day = self.days[found.day]
        if found.on:
            day = era.shown(found.on) if self.language == "ja" else found.on.isoformat()
        mark = "：" if self.language == "ja" else ": "
        return f"{day} {found.at}{mark}{self.named(found.one)} ／ {self.named(found.other)}"

    def summary(self, week: Week) -> str:
        """What the picture shows, for who hears it read."""
        other = sum(len(group.services) for group in week.other)
        if self.language == "ja":
            return f"月曜日から日曜日まで、4時から翌4時までの予定。毎週 {len(week.entries)} 件、週単位以外 {other} 件。"
        return f"The week from Monday to Sunday, 4:00 to 4:00: {len(week.entries)} entries, and {other} not weekly."


JAPANESE = Words(
    "ja",
    care_plan.TITLE,
    "（案）",
    tuple("月火水木金土日"),
    ("深夜", "早朝", "午前", "午後", "夜間", "深夜"),
    "氏名（世帯主名）",
    "様",
    "備考",
    ("週単位以外", "のサービス"),
    "毎週のサービス",
    "週単位以外のサービス",
    "毎週のサービスはありません。",
    "曜日",
    "時刻",
    "サービス",
    "どなたの",
    "備考",
    "内容",
    "いつ",
    "連絡先",
    "時間が重なっているサービス",
    "（続きは下に）",
    care_plan.WHOLE,
    care_plan.SOMEBODY,
    care_plan.SIGNER,
    ("お渡し先：", ""),
    "手元用：この表は、出力した人のほかには渡せません（渡す相手を recipient に指定して出力してください）",
)
ENGLISH = Words(
    "en",
    "Total care plan for complex needs: the household’s week",
    " (draft)",
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("night", "early", "morning", "afternoon", "evening", "night"),
    "Head of the household",
    "",
    "Notes",
    ("Not", "weekly"),
    "Every week",
    "Not weekly",
    "There is nothing every week.",
    "Day",
    "Time",
    "Service",
    "For",
    "Note",
    "What",
    "When",
    "Telephone",
    "Services at one time",
    "(continued below)",
    "whole household",
    "member",
    "who signs for them",
    ("For: ", ""),
    "For who made it alone, and not to be handed on (name whom it is for as `recipient`)",
)


def of(language: str) -> Words:
    """The words of `ja` or `en`."""
    return ENGLISH if language == "en" else JAPANESE
