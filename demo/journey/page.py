"""The journeys as a page that a browser opens from the data folder: who did what, what was answered, and why.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from demo.journey.narration import Narration

_HEAD = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>世帯の道のり / The journeys</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.6 sans-serif;margin:auto;max-width:60em;padding:1em}table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}small{color:#444}</style>
<h1>世帯の道のり / The journeys</h1>
<p>✓ は認められた求め、✗ は断られた求め。断られるべきところで断られることも道のりの一部です。</p>"""


def write(file: Path, journeys: Mapping[str, Sequence[Narration]]) -> None:
    """Each journey under its title; the page of a run before is replaced."""
    parts = [_HEAD]
    for title, acts in journeys.items():
        parts += [f"<h2>{escape(title)}</h2><table><tr><th>場面<th><th>だれが<th>何を<th>規則<th>理由"]
        parts += [*_rows(acts), "</table>"]
    file.write_text("\n".join(parts), encoding="utf-8")


def _rows(acts: Iterable[Narration]) -> Iterable[str]:
    for act in acts:
        what = f"{escape(act.ja)}<br><small lang=en>{escape(act.en)}</small>"
        mark = f"{'✓' if act.allowed else '✗'} {act.status}"
        cells = (escape(act.step), mark, escape(act.who), what, escape(" ".join(act.rules)), escape(act.reason))
        yield "<tr>" + "".join(f"<td>{cell}" for cell in cells)
