"""A place of public services of デジタル庁 GIF as a row of a list.

https://www.digital.go.jp/policies/data_strategy_government_interoperability_framework
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resources.listing.table import Said

Json = Mapping[str, Any]

LISTED = "相談機関一覧"
"""What our own publishing says besides GIF: the number of the list, and ★."""

_READ = frozenset(
    {
        *("ID", "名称", "団体名", "説明", "分類", "対象地域", "住所", "連絡先", "対象年齢", LISTED),
        *("利用可能曜日", "開始時間", "終了時間", "利用可能日時特記事項"),
    }
)


def places(said: Any) -> Sequence[Any] | None:
    """The places; None where this is no GIF."""
    listed = said if isinstance(said, list) else [said]
    named = [each for each in listed if isinstance(each, Mapping) and "名称" in each]
    return listed if named or said == [] else None


def row(place: Json) -> Said:
    """What a place says, by the columns of the list; what is not read of it is named."""
    name, agency = _text(place, "名称"), _text(place, "団体名") or _text(place, "名称")
    listed = place.get(LISTED)
    own: Json = listed if isinstance(listed, Mapping) else {}
    cells = {
        "field": "、".join(_texts(place, "分類")) or "―",
        "content": _text(place, "説明") or name,
        "agency": agency,
        "section": name.removeprefix(agency).strip() if name.startswith(agency) else "",
    }
    headings = {"field": "分類", "content": "説明", "agency": "団体名", "section": "名称"}
    phones = [each for each in _list(place, "連絡先") if isinstance(each, Mapping)]
    extensions = dict.fromkeys(one for each in phones for one in _texts(each, "内線番号"))
    said = place.get("住所")
    address: Json = said if isinstance(said, Mapping) else {"所在地_連結表記": said}
    for column, heading, text in (
        ("star", LISTED, "★" if own.get("★") is True else ""),
        ("number", LISTED, _text(own, "番号")),
        ("phones", "連絡先", "\n".join(dict.fromkeys(_text(each, "電話番号") for each in phones))),
        ("extensions", "連絡先", "、".join(extensions)),
        ("area", "対象地域", "、".join(_texts(place, "対象地域"))),
        (
            "address",
            "住所",
            _text(address, "所在地_連結表記") if isinstance(address, Mapping) else _text(place, "住所"),
        ),
        ("ages", "対象年齢", _text(place, "対象年齢")),
    ):
        if heading in place:
            cells[column], headings[column] = text, heading
    if any(each in place for each in ("開始時間", "利用可能日時特記事項")):
        cells["hours"], headings["hours"] = _hours(place), "利用可能曜日"
    left = sorted(name for name, value in place.items() if name not in _READ and value not in (None, "", [], {}))
    named = "、".join(left)
    wrong = [("", f"not taken in: {named}", f"取り込まない項目：{named}")] if left else []
    return Said(cells, headings, wrong)


def _hours(place: Json) -> str:
    begins, ends, rest = (_text(place, name) for name in ("開始時間", "終了時間", "利用可能日時特記事項"))
    times = f"{'・'.join(_text(place, '利用可能曜日'))} {begins}-{ends}" if begins and ends else ""
    return "、".join(filter(None, (times, rest)))


def _texts(body: Json, name: str) -> list[str]:
    return [str(each).strip() for each in _list(body, name) if isinstance(each, str | int)]


def _list(body: Json, name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _text(body: Json, name: str) -> str:
    said = body.get(name)
    return str(said).strip() if isinstance(said, str | int) and not isinstance(said, bool) else ""
