"""What the onlooker of a demo sees: the journeys once, the sign-ins, and where to look.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from demo import city
from demo.credentials import Credentials
from demo.journey import page, play, show
from demo.journey.narration import Narration
from demo.journey_k import play as second
from demo.rest import Refused

_PAGE = "journeys.html"
_JOURNEYS: Mapping[str, tuple[str, Callable[[str, Credentials], Iterator[Narration]]]] = {
    "世帯 H の物語 / household H's journey": ("journey-played", play.play),
    "世帯 K の物語 / household K's journey": ("second-journey-played", second.play),
}
"""Each by its title: the mark that it has been played, and how it is."""


def tell(address: str, credentials: Credentials, folder: Path, console: Console) -> bool:
    """Play what has not been played to its end in this folder; False where something did not hold."""
    told: dict[str, list[Narration]] = {}
    for title, (mark, journey) in _JOURNEYS.items():
        if (folder / mark).exists():
            console.print(f"演じ終わっています / has been played: {title}", style="dim", highlight=False)
            continue
        console.print(f"演じます / playing: {title}\n", highlight=False)
        told[title] = []
        if _play(journey(f"{address}/fhir", credentials), told[title], console):
            (folder / mark).touch()
    if told:
        page.write(folder / _PAGE, told)
    _sign_ins(credentials, console)
    _addresses(address, folder, console)
    return all(act.held for acts in told.values() for act in acts)


def _play(journey: Iterator[Narration], told: list[Narration], console: Console) -> bool:
    def noted() -> Iterator[Narration]:
        for act in journey:
            told.append(act)
            yield act

    try:
        return show.show(noted(), console)
    except (Refused, httpx2.HTTPError) as fault:
        console.print(f"the journey ended early: {fault}", markup=False)
        return False


def _sign_ins(credentials: Credentials, console: Console) -> None:
    table = Table(
        "サインイン名 / name", "パスワード / password", "職 / post", title="担当者 / officers", title_justify="left"
    )
    for name, _, post in city.accounts():
        table.add_row(name, credentials.passwords.get(name, ""), post)
    console.print(table)


def _addresses(address: str, folder: Path, console: Console) -> None:
    console.print("見る場所 / where to look")
    if (folder / _PAGE).exists():
        place = (folder / _PAGE).resolve().as_uri()
        console.print(f"  {place}  二つの世帯の道のり / the journeys", soft_wrap=True, highlight=False, markup=False)
    for path, what in (
        ("/", "はじめに / the front page"),
        ("/sign-in", "サインイン / sign in"),
        ("/fhir/metadata", "何ができるか / what the server can do"),
        ("/fhir/HealthcareService?service-category=mental-health", "相談機関一覧 / the directory"),
        ("/fhir/HealthcareService/$route?field=housing&area=area-el-03", "窓口を探す / which desk"),
    ):
        console.print(f"  {address}{path}  {what}", soft_wrap=True, highlight=False, markup=False)
    console.print("Ctrl-C で終了 / Ctrl-C to stop", style="dim")
