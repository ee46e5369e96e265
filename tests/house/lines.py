"""The pages that hold a specification line by line: each requirement is tested, not applicable, or not done.

docs/smart.md and docs/security.md; `python -m tests.house.lines` writes the counts at their tops.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house import source

PAGES = ("docs/smart.md", "docs/security.md")
LEVELS = {
    "docs/smart.md": ("SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "MAY"),
    "docs/security.md": ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"),
}
HEAD = "| level | requirement of the server | state |"
FORMS = {
    "tested": re.compile(
        r"tested by `tests/[\w/]+\.py::test_\w+`(?:, `tests/[\w/]+\.py::test_\w+`)*(?:: (?!.*`tests/).+)?"
    ),
    "not applicable": re.compile(r"not applicable because [^|]{12,}"),
    "not done": re.compile(r"not done because [^|]{12,}"),
}
_TOLD = re.compile(r"^\*\*\d+ requirements\*\*.*$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
"""A test as a page names it: its file, and its name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement: how much it binds, what it is, and what is said of it."""

    level: str
    requirement: str
    state: str

    @property
    def forms(self) -> list[str]:
        """Of which of the three forms the state is: one, where it is as it should be."""
        return [name for name, form in FORMS.items() if form.fullmatch(self.state)]


def lines(page: str) -> Iterator[Line]:
    """The rows of every table of requirements of the page."""
    inside = False
    for row in source.text(page).splitlines():
        if row == HEAD:
            inside = True
        elif inside and row.startswith("|"):
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            if set(cells[0]) != {"-"}:
                yield Line(cells[0], " | ".join(cells[1:-1]), cells[-1])
        else:
            inside = False


def told(page: str) -> str:
    """What the top of the page says of how many there are of each kind."""
    found = list(lines(page))
    must = LEVELS[page][:2]
    binding = [line for line in found if line.level in must]
    bind = f"Of these {len(binding)} bind ({must[0]}): {_counts(binding)}."
    return f"**{len(found)} requirements**: {_counts(found)}. {bind}"


def _counts(found: list[Line]) -> str:
    counted = Counter(form for line in found for form in line.forms)
    return ", ".join(f"{counted[name]} {name}" for name in FORMS)


def main() -> None:
    for page in PAGES:
        text = source.text(page)
        (source.ROOT / page).write_text(_TOLD.sub(told(page), text, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
