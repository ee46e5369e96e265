"""What the onlooker of a demo sees: the sign-ins, the journey once, and where to look.

docs/journey.md
"""

from __future__ import annotations

from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from demo import city
from demo.credentials import Credentials
from demo.journey import play, show
from demo.rest import Refused

_PLAYED = "journey-played"


def tell(address: str, credentials: Credentials, folder: Path, console: Console) -> bool:
    """Play the journey where it has not been played to its end in this folder; False where it did not hold."""
    mark = folder / _PLAYED
    held = True
    if mark.exists():
        console.print("世帯 H の物語は演じ終わっています / household H's journey has been played", style="dim")
    else:
        console.print("世帯 H の物語を演じます / playing household H's journey\n")
        held = _play(f"{address}/fhir", credentials, console)
        if held:
            mark.touch()
    _sign_ins(credentials, console)
    _addresses(address, console)
    return held


def _play(base: str, credentials: Credentials, console: Console) -> bool:
    try:
        return show.show(play.play(base, credentials), console)
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


def _addresses(address: str, console: Console) -> None:
    console.print("見る場所 / where to look")
    for path, what in (
        ("/", "はじめに / the front page"),
        ("/sign-in", "サインイン / sign in"),
        ("/fhir/metadata", "何ができるか / what the server can do"),
        ("/fhir/HealthcareService?service-category=mental-health", "相談機関一覧 / the directory"),
        ("/fhir/HealthcareService/$route?field=housing&area=area-el-03", "窓口を探す / which desk"),
    ):
        console.print(f"  {address}{path}  {what}", soft_wrap=True, highlight=False, markup=False)
    console.print("Ctrl-C で終了 / Ctrl-C to stop", style="dim")
