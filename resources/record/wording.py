"""The structural checker's English said in the house's words, with its FHIR issue code and in Japanese.

https://hl7.org/fhir/R4/valueset-issue-type.html
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import fhirkit

from resources.record.problem import Issue, Severity

LONGEST = 120
"""How much of a caller's own value a message repeats, in characters."""

_KINDS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), code, ja)
    for pattern, code, ja in (
        (r"required element missing", "required", "必須の要素がありません"),
        (r"unknown element", "structure", "定義されていない要素です"),
        (r"expected an array, found .*", "structure", "配列でなければなりません"),
        (r"expected an object, found .*", "structure", "オブジェクトでなければなりません"),
        (r"expected a single value, found .*", "structure", "値はひとつだけでなければなりません"),
        (r"expected a string, found .*", "structure", "文字列でなければなりません"),
        (r"expected true or false, found .*", "structure", "true か false でなければなりません"),
        (r"expected a number, found .*", "structure", "数値でなければなりません"),
        (r"expected a whole number, found .*", "structure", "整数でなければなりません"),
        (r"an empty \w+ is not allowed.*", "structure", "空の値は書けません。要素ごと省いてください"),
        (r"null is not allowed.*", "structure", "null は書けません。要素ごと省いてください"),
        (r"null with no extension in its place", "structure", "null の位置に拡張がありません"),
        (r"only one type may be given, found (?P<what>.*)", "structure", "型はひとつだけ選べます: {what}"),
        (r"has \d+ entries but .*", "structure", "対になる二つの配列の長さが違います"),
        (r"the key appears more than once", "structure", "同じキーが二度あります"),
        (r"a resource needs a resourceType", "structure", "リソースには resourceType が必要です"),
        (r"(?P<what>.*) is not a FHIR R4 resource type.*", "structure", "`{what}` は R4 のリソース型ではありません"),
        (r'"(?P<what>.*)" is not a valid (?P<type>\w+)', "value", "`{what}` は {type} として正しくありません"),
        (r"(?P<what>\S+) is not an? (?P<type>.*)", "value", "`{what}` は {type} として正しくありません"),
        (r"(?P<what>\S+) is outside .*", "value", "`{what}` は整数の範囲を超えています"),
    )
)


_NOTHING = frozenset(
    {
        *(
            "なし",
            "無し",
            "ない",
            "無い",
            "特になし",
            "特に無し",
            "特にない",
            "該当なし",
            "ありません",
            "特にありません",
        ),
        *("できない", "できません", "不可", "不可能", "未定", "none", "nothing", "no", "na", "impossible", "cannot"),
    }
)
"""What says, in the letters that are left of it, that there is nothing."""


def issues(found: Iterable[fhirkit.Issue]) -> list[Issue]:
    """Every finding of the checker once, without those that only follow from another at the same place."""
    told = [_issue(each) for each in found]
    said = {issue.at for issue in told if not _follows(issue)}
    for issue in told:
        # A choice given twice is told at `value[x]`; the checker also calls the second name unknown.
        parent, choice, rest = issue.at.rpartition(".")
        if rest.endswith("[x]"):
            names = issue.text.rpartition("found ")[2].split(", ")
            said |= {f"{parent}{choice}{name}" for name in names}
    return list(dict.fromkeys(issue for issue in told if not (_follows(issue) and issue.at in said)))


def quoted(value: str) -> str:
    """A caller's own words between backticks, cut where they are long."""
    short = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    return f"`{short}`"


def tells(text: Any) -> bool:
    """Whether a text says something: a dot or a dash is no reason."""
    return isinstance(text, str) and sum(letter.isalnum() for letter in text) >= 2


def offers(text: Any, beside: Any = "") -> bool:
    """Whether a text says something that could be done: not that there is nothing, nor again what stands beside it."""
    return tells(text) and _bare(text) not in _NOTHING and _bare(text) != _bare(beside)


def _bare(text: Any) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", str(text)).casefold()))


def _follows(issue: Issue) -> bool:
    return issue.text == "unknown element" or issue.text.startswith("null with no extension")


def _issue(found: fhirkit.Issue) -> Issue:
    severity: Severity = "warning" if found.severity == "warning" else "error"
    for pattern, code, ja in _KINDS:
        match = pattern.fullmatch(found.message)
        if match:
            parts = {name: value[:LONGEST] for name, value in match.groupdict().items()}
            return Issue(_english(found.message, parts.get("what")), ja.format(**parts), found.path, severity, code)
    return Issue(_english(found.message, None), "この要素は R4 の定義に合いません", found.path, severity, "invalid")


def _english(message: str, what: str | None) -> str:
    text = message.removesuffix(" this build knows")
    if what is None or text.startswith("only one type"):
        return text[: 2 * LONGEST]
    bare = text.startswith('"')
    rest = text[text.rindex('"') + 1 :] if bare else text[text.index(" is ") :]
    return f"`{what}`{rest}"
