"""The docs are true: what the code has is found in them, and what they point to is there."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from api import cli
from api.routing import routes
from api.settings import Settings
from bench import __main__ as bench
from consent import duties
from consent import rules as policy_rules
from tests.house import chain, source

RULES = (*policy_rules.PERMITS, *policy_rules.RESTRICTIONS)
ID = re.compile(r"\b(?:[RPDF]\d+a?)\b|\b[Aa]rt\. \d")
SPANS = re.compile(r"\b([PD])(\d+)–[PD](\d+)")
PAGES = [*(source.ROOT / "docs").rglob("*.md"), *source.ROOT.glob("*.md")]


def test_every_setting_is_described_with_its_default() -> None:
    page = source.text("docs/settings.md")
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else "*(empty)*"
        row = f"| `TSUNAGU_{name.upper()}` | {default} | "
        assert row in page, row
    described = set(re.findall(r"^\| `TSUNAGU_(\w+)`", page, re.MULTILINE))
    assert described == {name.upper() for name in Settings.model_fields}


def test_every_interaction_and_operation_is_described() -> None:
    page = source.text("docs/api.md")
    served = {f"{row.method} /fhir{row.path}" for row in routes.ALL}
    described = set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) \S+)` \|", page, re.MULTILINE))
    assert described == served


def test_every_command_is_in_the_table_of_commands_and_described_on_its_page() -> None:
    page = source.text("docs/settings.md")
    table = re.findall(r"^\| `tsunagu (\w+)` \|.*\]\((\w+\.md)\) \|$", page, re.MULTILINE)
    assert sorted(name for name, _ in table) == sorted(cli.COMMANDS)
    for name, target in table:
        assert re.search(rf"(tsunagu|api\.cli) {name}\b", source.text(f"docs/{target}")), (name, target)


def test_a_page_cites_no_ground_or_restriction_that_is_not_here() -> None:
    known = {module.ID for module in RULES} | {"D4"}  # the purposes of each ground, which no rule forbids by itself
    for page in PAGES:
        text, _, _ = page.read_text(encoding="utf-8").partition("## Not here yet")
        text = re.sub(f"{chain.BEGUN}.*{chain.DONE}", "", text, flags=re.DOTALL)  # it says itself what is still open
        cited = set(re.findall(r"\b[PD]\d+\b", text))
        for letter, first, last in SPANS.findall(text):
            cited |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
        invented = {"P14"} if page.name == "recipes.md" else set()
        assert cited <= known | invented, (page.name, cited - known)


def test_every_bench_is_described_and_every_described_one_is_there() -> None:
    page = source.text("docs/figures.md").partition("## Measured")[0]
    described = dict(re.findall(r"^\| (\w+) \| `bench/(\w+)\.py` \| ", page, re.MULTILINE))
    assert all(name == module for name, module in described.items())
    run_alone = {name for name in described if f"`python -m bench.{name}" in page}
    assert set(described) == set(bench.BENCHES) | run_alone


def test_every_ground_and_restriction_is_on_the_page_of_the_policy() -> None:
    page = source.text("docs/policy.md")
    for module in RULES:
        file = f"`{module.__name__.replace('.', '/')}.py`"
        rows = [line for line in page.splitlines() if re.match(rf"\| {module.ID}\b", line) and file in line]
        assert len(rows) == 1, (module.ID, file)
        assert any(said in rows[0] for said in sentences(module.__name__)), (module.ID, "its own sentence")


def sentences(module: str) -> Iterator[str]:
    """What a rule says of itself, as the page writes it: Japanese / English."""
    file = source.ROOT / f"{module.replace('.', '/')}.py"
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            english, japanese = (ast.literal_eval(each) for each in node.args)
            yield f"{japanese} / {english}"


def bearing() -> Iterator[tuple[str, str, str]]:
    """Every duty as module.function, what it says of itself, and its source."""
    for each in {
        duty for of_type in (*duties.BY_TYPE.values(), duties.ON_WRITES, duties.ON_UPDATES) for duty in of_type
    }:
        name = f"{each.__module__.rpartition('.')[2]}.{each.__name__}"
        yield name, inspect.getdoc(each) or "", inspect.getsource(each)


def ids(name: str, said: str, code: str) -> set[str]:
    """The rules a duty names: in its first line, and where it finds a violation."""
    violations = set(re.findall(r"violation\(\s*\"([^\"]+)\"", code))
    return {found.replace("Art.", "art.") for found in ID.findall(said)} | violations


def test_every_duty_is_on_the_page_of_the_policy() -> None:
    page = source.text("docs/policy.md")
    table = page[page.index("## Duties") : page.index("## Explaining")]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    for name, said, code in bearing():
        mine = [row for row in rows if f"`{name}`" in row]
        assert mine, name
        assert ids(name, said, code) <= set(ID.findall(" ".join(mine))), name


def test_every_rule_has_a_scenario() -> None:
    tags = set(re.findall(r"@(\S+)", " ".join(file.read_text(encoding="utf-8") for file in features())))
    named = {module.ID for module in RULES} | {found for each in bearing() for found in ids(*each)}
    assert {found.replace(". ", "") for found in named} - tags == set()


def features() -> list[Path]:
    return sorted((source.ROOT / "tests" / "features").glob("*.feature"))


def test_every_rule_that_a_scenario_is_tagged_with_is_explained() -> None:
    pages = source.text("docs/domain.md") + source.text("docs/policy.md")
    known = set(re.findall(r"\| (?:\*\*)?([RPDF]\d+a?)\b", pages)) | set(re.findall(r"\bart\. \d", pages))
    for file in features():
        for tag in re.findall(r"@([RPDF]\d+a?|art\d)\b", file.read_text(encoding="utf-8")):
            assert tag.replace("art", "art. ") in known, (file.name, tag)


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)


def test_every_path_that_a_page_names_is_there() -> None:
    path = re.compile(r"`((?:api|bench|consent|demo|openapi|profiles|requirements|resources|tests)/[\w./-]*)`")
    for page in PAGES:
        told = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for named in path.findall(told):
            assert (source.ROOT / named).exists(), (page.name, named)


def test_every_word_of_the_glossary_is_of_a_module_that_is_there_and_in_its_place() -> None:
    rows = [line for line in source.text("docs/glossary.md").splitlines() if line.startswith("| ")][1:]
    words = [row.strip("|").split("|")[0].strip() for row in rows]
    assert len(words) > 50
    assert words == sorted(words, key=str.lower)
    for row in rows:
        [named] = re.findall(r"\| `([\w./]+)` \|$", row)
        assert (source.ROOT / named).exists(), row


def test_every_decision_says_what_was_asked_chosen_rejected_and_what_would_change_it() -> None:
    pages = sorted((source.ROOT / "docs" / "decisions").glob("0*.md"))
    index = source.text("docs/decisions/README.md")
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        for part in ("**Decided:**", "\n## The question\n", "\n## Rejected\n", "\n## What would make us think again\n"):
            assert part in text, (page.name, part)
        assert f"({page.name})" in index, page.name


def test_every_module_that_the_code_points_to_a_page_has_that_page() -> None:
    for file in source.modules(*source.PRODUCT, "tests"):
        for named in re.findall(r"docs/[\w/-]+\.md", file.read_text(encoding="utf-8")):
            assert (source.ROOT / named).exists(), (source.name(file), named)


def test_every_command_of_the_readme_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", source.text("Makefile"), re.MULTILINE))
    commands = {found for page in PAGES for found in re.findall(r"\bmake ([a-z]+)`", page.read_text(encoding="utf-8"))}
    assert "run" in targets
    assert commands
    assert commands <= targets


def test_every_module_that_a_page_runs_is_there() -> None:
    for page in PAGES:
        for module in re.findall(r"python -m ([a-z_.]+)", page.read_text(encoding="utf-8")):
            assert importlib.util.find_spec(module), (page.name, module)


def test_the_first_screen_of_the_readme_says_what_it_must() -> None:
    first = source.text("README.md").splitlines()[:60]
    text = "\n".join(first)
    assert "make run" in text
    assert "**Permitted**" in text
    assert "**Denied**" in text
    for floor in source.FLOORS:
        assert re.search(rf"^ {floor}/ ", text, re.MULTILINE), floor
