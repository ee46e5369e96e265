"""A simulated city as NDJSON for `tsunagu import`: its directory, and what each agency may say alone.

docs/simulate.md; docs/operations.md, "import"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from api.simulated import telling
from api.simulated.telling import Names
from consent import vocabulary
from resources.record import envelope, reference
from resources.record.version import Version
from resources.store.port import Store

DIRECTORY = "directory.ndjson"
CALLS = "import.sh"
_ALONE = frozenset(
    {
        *("Patient", "RelatedPerson", "Group", "Condition", "Observation", "QuestionnaireResponse"),
        *("DocumentReference", "Consent", "ServiceRequest", "CarePlan"),
    }
)
"""What an agency writes of its own. Answers, letters, meetings and roles take two, and nobody imports them alone; nor
what belongs to one of them, as the material of a meeting."""

_OF_TWO = frozenset({"Appointment", "CareTeam", "Communication", "Encounter", "List", "Task"})


@dataclass(slots=True)
class _Files:
    """One open file for each agency and author."""

    folder: Path
    open: dict[tuple[str, str], BinaryIO] = field(default_factory=dict)

    def of(self, custodian: str, author: str) -> BinaryIO:
        if (custodian, author) not in self.open:
            self.open[custodian, author] = (self.folder / self.name(custodian, author)).open("wb")
        return self.open[custodian, author]

    @staticmethod
    def name(custodian: str, author: str) -> str:
        return f"{custodian.partition('/')[2]}.{author.partition('/')[2]}.ndjson"

    def close(self) -> None:
        for each in self.open.values():
            each.close()


async def written(store: Store, folder: Path) -> int:
    """Write the files into a folder, and the calls that take them in; how many records that is. Raises OSError.

    Every id that the server made up is its name of `telling`, so the same seed writes the same files.
    """
    names, count, files = Names(), 0, _Files(folder)
    left = set[str]()
    try:
        with (folder / DIRECTORY).open("wb") as directory:
            async for version in _last(store, names):
                origin = envelope.read(version.terms).origin
                installed = version.type in vocabulary.INSTALLED
                if not installed and (version.type not in _ALONE or _belongs(version, left)):
                    left.add(version.reference)
                elif installed or origin.author:
                    file = directory if installed else files.of(origin.custodian, origin.author)
                    file.write(names.of(orjson.dumps(_bare(version))) + b"\n")
                    count += 1
    finally:
        files.close()
    calls = [f"tsunagu import --custodian Organization/okayama-city --directory {DIRECTORY}"]
    # In the order in which they were begun: who writes about a household comes after who recorded it.
    for custodian, author in files.open:
        calls.append(f"tsunagu import --custodian {custodian} --author {author} {files.name(custodian, author)}")
    with (folder / CALLS).open("wb") as script:
        script.write("\n".join(["set -e", *calls, ""]).encode())
    return count


async def _last(store: Store, names: Names) -> AsyncIterator[Version]:
    """Every record as it is now, in the order in which they came to be."""
    async with store.snapshot() as view:
        found: list[str] = []
        async for instant in telling.instants(view):
            found += [version.reference for version, _ in names.together(instant) if version.number == 1]
        for reference in found:
            type, _, id = reference.partition("/")
            version = await view.get(type, id, within=telling.PLAYED)
            if version is not None and not version.deleted:
                yield version


def _belongs(version: Version, left: Container[str]) -> bool:
    """Whether a record is of one that is left out, or that comes after it and will be."""
    named = reference.locals_of(orjson.loads(version.body))
    return any(each in left or each.partition("/")[0] in _OF_TWO for each in named)


def _bare(version: Version) -> dict[str, Any]:
    """The record as it was sent: what the server says of it in `meta` is the other server's to say."""
    return {name: part for name, part in orjson.loads(version.body).items() if name != "meta"}
