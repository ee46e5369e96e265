"""A picture on paper: on one A4 page on its side as PDF or PNG, and its lists on the next where they count.

https://typst.app/docs/; docs/timetable.md and docs/numbers.md
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import orjson
import typst

from resources.record.problem import Problem

Form = Literal["pdf", "png"]

JAPANESE = (
    "CJK JP",
    "Noto Sans JP",
    "Noto Serif JP",
    "IPA",
    "BIZ UD",
    "Hiragino",
    "Yu Gothic",
    "Meiryo",
    "Takao",
    "VL ",
)
"""Names of fonts that have Japanese letters."""
_PAGE = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title)
#set text(font: told.fonts, lang: told.language, size: 9pt)
#set page(width: 297mm, height: 210mm, margin: 8mm)
#let sheet = bytes(sys.inputs.sheet)
#align(center + horizon, image(
  sheet, format: "svg", width: 281mm, height: 194mm, fit: "contain", alt: told.summary,
))
#for list in told.lists [
  #pagebreak(weak: true)
  #heading(level: 2, list.title)
  #table(
    columns: list.head.len(), inset: 4pt, stroke: 0.4pt + gray,
    table.header(..list.head.map(each => strong(each))),
    ..list.rows.flatten(),
  )
]
"""


def printed(sheet: bytes, form: Form, title: str, summary: str, language: str, lists: list[dict[str, object]]) -> bytes:
    """The picture (an SVG) in this form. A PNG has the first page alone. Raises Problem where no font is Japanese."""
    told: dict[str, object] = {"title": title, "summary": summary, "language": language, "fonts": _fonts()}
    told["lists"] = lists if form == "pdf" else []
    inputs = {"told": orjson.dumps(told).decode(), "sheet": sheet.decode()}
    return typst.compile(_PAGE.encode(), format=form, ppi=150, sys_inputs=inputs, timestamp=0)


@cache
def _fonts() -> list[str]:
    """The Japanese fonts of this machine, those without serifs first. They are looked for once."""
    families = [each for each in typst.Fonts().families() if any(name in each for name in JAPANESE)]
    if not families:
        raise Problem.of(
            "not-supported",
            "no Japanese font is installed on the server, such as Noto Sans CJK: ask for `text/html`",
            "サーバーに日本語のフォント（Noto Sans CJK など）がありません。ページ（text/html）で出力してください",
            "_format",
        )
    return sorted(families, key=lambda each: ("Serif" in each or "Mincho" in each, "Mono" in each, each))
