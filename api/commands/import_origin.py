"""Whose an import's lines become: an agency, and who wrote them, that stand in the directory.

docs/operations.md, "import".
"""

from __future__ import annotations

from consent import vocabulary
from resources.record import reference
from resources.record.envelope import Origin
from resources.search.predicate import Predicate, has_one_of
from resources.store.port import Store

NAMED: Predicate = has_one_of(".type", {"Organization", *vocabulary.STAFF})
"""Under this an import looks whether the agency and the author it names are there."""


class ImportFault(Exception):
    """The import cannot begin; the text says why, and a note says it in Japanese."""

    def __init__(self, text: str, ja: str) -> None:
        super().__init__(text)
        self.add_note(ja)


async def check(store: Store, origin: Origin, *, directory: bool) -> None:
    """Raises ImportFault where nothing can be theirs. A directory may bring them along: its lines wait for them."""
    if not _is(origin.custodian, "Organization"):
        text, ja = "is no agency: write `Organization/id`", "は機関ではありません。`Organization/id` と書いてください"
        raise ImportFault(f"`{origin.custodian}` {text}", f"`{origin.custodian}` {ja}")
    if origin.author != origin.custodian and not _is(origin.author, "Practitioner"):
        text, ja = "is no author: write `Practitioner/id`", "は記録者ではありません。`Practitioner/id` と書いてください"
        raise ImportFault(f"`{origin.author}` {text}", f"`{origin.author}` {ja}")
    if directory:
        return
    async with store.snapshot() as view:
        for name in (origin.custodian, origin.author):
            type, _, id = name.partition("/")
            found = await view.get(type, id, within=NAMED)
            if found is None or found.deleted:
                text = f"there is no `{name}` in the directory: install or import the directory first (`--directory`)"
                ja = f"`{name}` は相談機関一覧にありません。先に一覧を整備するか、`--directory` で取り込んでください"
                raise ImportFault(text, ja)


def _is(name: str, type: str) -> bool:
    return name.startswith(f"{type}/") and reference.local(name) == name
