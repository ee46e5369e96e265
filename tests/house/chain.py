"""From each sentence of the city to its rule, the scenarios that show it and the code that holds it, and back.

`python -m tests.house.chain` writes profiles/chain.json, which the page `/policy` shows, and the part of
docs/policy.md between its marks.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from profiles import sentence
from tests.house import source

PAGE = source.ROOT / "docs" / "policy.md"
CHAIN = source.ROOT / "profiles" / "chain.json"
OPEN = source.ROOT / "docs" / "open_rules.txt"
FEATURES = source.ROOT / "tests" / "features"
BEGUN, DONE = "<!-- the chain, made by tests/house/chain.py -->\n", "<!-- as far as here -->\n"

RULE = re.compile(r"\b(?:[RPDF]\d+a?)\b|\b[Aa]rt\. \d")
_ELSEWHERE = re.compile(r"https?://\S+|\bFHIR (?:release )?R4\b|(?<!rule )\bR4\b(?!:| of the |\))")
"""Addresses, and the release of FHIR, which is called as a rule of the city is: the rule is `R4:`, `R4 of the domain`,
`rule R4` or in brackets, whatever else says R4 says it of FHIR.
"""
_TAGS = re.compile(r"@(\S+)")
_TITLE = re.compile(r"\s*(機能|シナリオアウトライン|シナリオ): (.+)")

Links = dict[str, list[dict[str, str]]]


def named(text: str) -> set[str]:
    """The rules that a text names, as the code system has them."""
    return {
        found.lower().replace(". ", "") if found[0] in "Aa" else found
        for found in RULE.findall(_ELSEWHERE.sub("", text))
    }


def scenarios() -> Links:
    """Rule -> the scenarios tagged with it, or whose feature is."""
    found: Links = {}
    for file in sorted(FEATURES.glob("*.feature")):
        tags: set[str] = set()
        whole: set[str] = set()
        feature = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith("@"):
                tags |= set(_TAGS.findall(line))
            elif matched := _TITLE.match(line):
                kind, title = matched.groups()
                if kind == "機能":
                    whole, feature = tags, title
                else:
                    for rule in sorted((tags | whole) & sentence.every().keys()):
                        place = {"file": source.name(file), "feature": feature, "scenario": title}
                        found.setdefault(rule, []).append(place)
                tags = set()
    return found


def code() -> Links:
    """Rule -> the places in the code that are about it: they find a breach of it, or name it in their first line."""
    found: Links = {}
    for file in source.modules("api", "consent", "resources"):
        for rule, name in sorted(set(_about(source.tree(file)))):
            if rule in sentence.every():
                found.setdefault(rule, []).append({"file": source.name(file), "name": name})
    return found


def _about(tree: ast.Module) -> Iterator[tuple[str, str]]:
    said = ast.get_docstring(tree) or ""
    yield from ((rule, "") for rule in named(said))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = (ast.get_docstring(node) or "").split("\n\n")[0]
            breached = [
                str(call.args[0].value)
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and _called(call) in ("violation", "of_rule")
                if call.args and isinstance(call.args[0], ast.Constant)
            ]
            yield from ((rule, node.name) for rule in named(" ".join((first, *breached))))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def chain() -> dict[str, dict[str, list[dict[str, str]]]]:
    """Rule -> its scenarios and its code, in the order of the code system."""
    shown, held = scenarios(), code()
    return {rule: {"scenarios": shown.get(rule, []), "code": held.get(rule, [])} for rule in sentence.every()}


def opened(found: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    """The rules that no scenario shows, or no code holds."""
    return [rule for rule, links in found.items() if not links["scenarios"] or not links["code"]]


def tables() -> Iterator[str]:
    """The two tables of the page: from the sentence to scenarios and code, and from each feature back."""
    found = chain()
    yield "| 規則 / rule | 文 / sentence | 場面 / scenarios | 実装 / code |"
    yield "|---|---|---|---|"
    for rule, links in found.items():
        said = sentence.every()[rule]
        rests = f" ({', '.join(said.rests_on)})" if said.rests_on else ""
        features = sorted({place["file"] for place in links["scenarios"]})
        count = {file: sum(place["file"] == file for place in links["scenarios"]) for file in features}
        shown = "<br>".join(f"[{Path(file).stem}](../{file}) {count[file]}" for file in features) or "—"
        held = "<br>".join(f"`{file}`" for file in dict.fromkeys(place["file"] for place in links["code"])) or "—"
        quoted = f"「{said.ja}」{said.source}{rests}<br>{said.en}"
        yield f"| **{rule}** {said.title}<br>{said.title_en} | {quoted} | {shown} | {held} |"
    yield ""
    yield "| 場面のファイル / feature | 規則 / rules |"
    yield "|---|---|"
    for file in sorted(FEATURES.glob("*.feature")):
        name = source.name(file)
        rules = [rule for rule, links in found.items() if any(each["file"] == name for each in links["scenarios"])]
        yield f"| [{file.stem}](../{name}) | {', '.join(rules) or '—'} |"
    yield ""
    if not opened(found):
        yield "どの規則にも、場面と実装があります / Every rule has its scenarios and its code."
        return
    yield "場面か実装のまだない規則 / Rules that no scenario shows yet, or no code holds:"
    yield ""
    for rule in opened(found):
        said = sentence.every()[rule]
        yield f"- **{rule}** {said.title} / {said.title_en}"


def page() -> str:
    """docs/policy.md as it must be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGUN)
    _, _, after = rest.partition(DONE)
    return before + BEGUN + "\n".join(tables()) + "\n" + DONE + after


def written() -> str:
    """profiles/chain.json as it must be."""
    return json.dumps(chain(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    CHAIN.write_text(written(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
