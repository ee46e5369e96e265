"""How large the house is: files and lines of each floor, and its longest file."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = ("api", "consent", "resources", "profiles", "demo")


def main() -> None:
    for floor in FLOORS:
        lines = {file: len(file.read_text().splitlines()) for file in sorted((ROOT / floor).rglob("*.py"))}
        longest = max(lines, key=lambda file: lines[file])
        total = sum(lines.values())
        print(
            f"{floor}: {len(lines)} files, {total:,} lines, longest {longest.relative_to(ROOT)} with {lines[longest]}"
        )


if __name__ == "__main__":
    main()
