"""The columns of the tables of a published list, each with the headings under which it is found.

Slide 14 of the seed (相談機関一覧); docs/operations.md, "a city's list".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COLUMNS: Mapping[str, Sequence[str]] = {
    "star": ("★", "star"),
    "number": ("№", "No", "No.", "番号", "number"),
    "field": ("相談項目", "分野", "field"),
    "content": ("相談内容", "内容", "content"),
    "agency": ("機関名", "相談機関", "団体名", "agency"),
    "facility": ("名称", "施設名"),
    "municipality": ("全国地方公共団体コード", "都道府県コード又は市区町村コード", "市区町村コード"),
    "days": ("利用可能曜日",),
    "opens": ("開始時間",),
    "closes": ("終了時間",),
    "section": ("係", "担当係", "section"),
    "primary": ("主", "担当者主", "担当者 主", "担当者名主", "担当者名", "担当者（主）", "primary"),
    "deputy": ("副", "担当者副", "担当者 副", "担当者名副", "担当者（副）", "deputy"),
    "address": ("所在地", "所在地_連結表記", "住所", "address"),
    "phones": ("電話番号", "電話", "phone"),
    "extensions": ("内線", "内線番号", "extension"),
    "hours": ("受付時間", "開設時間", "hours"),
    "ages": ("対象年齢", "ages"),
    "area": ("担当圏域", "圏域", "area"),
    "area_name": ("圏域名", "area name"),
    "name_en": ("英語名", "name_en"),
    "code": ("コード", "code"),
    "part_of": ("上位圏域", "上位機関", "上位", "part_of"),
    "kind": ("種別", "種類", "kind"),
    "department": ("所管課", "department"),
    "person": ("氏名", "職員名", "name"),
    "kana": ("フリガナ", "ふりがな", "kana"),
    "role": ("役割", "role"),
    "post": ("職名", "職", "post"),
    "specialty": ("専門分野", "specialty"),
}

AREAS = frozenset({"area_name", "kind"})
STAFF = frozenset({"person", "agency", "role"})
DESKS = frozenset({"agency", "content"})
AGENCIES = frozenset({"agency", "kind"})
FACILITIES = frozenset({"municipality", "facility"})
ANNEX = frozenset({"agency", "number"})
"""What tells which table is which; in this order, the first whose columns are all there."""

_OF_AN_OFFICE = frozenset({"agency", "area", "address", "phones", "extensions"})
_OF_A_DESK = _OF_AN_OFFICE | {"number", "hours", "primary", "deputy"}
READ: Mapping[str, frozenset[str]] = {
    "areas": AREAS | {"code", "part_of", "name_en"},
    "agencies": _OF_AN_OFFICE | {"kind", "part_of", "department"},
    "facilities": _OF_AN_OFFICE | FACILITIES | {"days", "opens", "closes"},
    "desks": _OF_A_DESK | {"star", "field", "content", "section", "ages"},
    "annex": _OF_A_DESK | {"kind"},
    "staff": STAFF | {"kana", "post", "specialty"},
}
"""What is taken in of each of them; any other column of theirs in which something is written is told."""
