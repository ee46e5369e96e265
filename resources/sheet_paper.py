"""Whether two sheets are the same paper: recorded by one agency, on one day, about the same people.

docs/domain.md, decision 16.
"""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from resources import sheet_member
from resources.record.coding import BASE

SYSTEM = f"{BASE}/sid/sheet"
"""Of the identifier that says what stood on a sheet as it was submitted."""

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, f"{BASE}/Questionnaire/tsunagu-sheet")
_WHO = ("member.name", "member.kana", "member.birthDate", "member.birthDate-written", "member.age")


def named(response: Mapping[str, Any]) -> str:
    """The id of the record that this paper becomes: the same for whoever files it twice, told by nothing else."""
    items = response.get("item") or ()
    on = [_answers(item) for item in items if item.get("linkId") in ("date", "agency")]
    rows = [
        [sheet_member.tied(item), *(_answers(each) for each in item.get("item") or () if each.get("linkId") in _WHO)]
        for item in items
        if item.get("linkId") == "member"
    ]
    return str(uuid.uuid5(_SPACE, _folded([on, rows])))


def content(response: Mapping[str, Any]) -> str:
    """What tells whether all that stands on it is the same too; who typed it when does not count."""
    said = {key: response.get(key) for key in ("questionnaire", "status", "item", "contained")}
    return str(uuid.uuid5(_SPACE, _folded(said)))


def _answers(item: Mapping[str, Any]) -> list[Any]:
    return [item.get("linkId"), item.get("answer")]


def _folded(said: Any) -> str:
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFKC", written)
