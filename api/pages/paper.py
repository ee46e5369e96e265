"""A picture on paper: on one A4 page on its side as PDF or PNG, and its lists on the next where they count.

https://typst.app/docs/; docs/timetable.md and docs/numbers.md
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import orjson
import typst
from noto_cjk_sans_jp_regular import FONT_PATH

Form = Literal["pdf", "png"]

_FAMILY = "Noto Sans CJK JP"
"""The family of the one font that comes along: a sheet is the same on every machine."""
_PAGE = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title)
#set text(font: told.font, lang: told.language, size: 9pt)
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
    """The picture (an SVG) in this form. A PNG has the first page alone."""
    told: dict[str, object] = {"title": title, "summary": summary, "language": language, "font": _FAMILY}
    told["lists"] = lists if form == "pdf" else []
    inputs = {"told": orjson.dumps(told).decode(), "sheet": sheet.decode()}
    return typst.compile(_PAGE.encode(), font_paths=_fonts(), format=form, ppi=150, sys_inputs=inputs, timestamp=0)


@cache
def _fonts() -> typst.Fonts:
    """Read once: the file has 16 MB."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_PATH.parent)])
