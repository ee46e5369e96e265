"""The command line of an import: what is asked for, what is told, and how it ends.

docs/operations.md, "import".
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from api import settings as app_settings
from api.commands import importing, os_fault
from api.commands.import_files import Standing
from api.commands.import_origin import ImportFault
from api.commands.importing import Job
from api.settings import SettingsFault
from profiles.spec import SpecFault
from resources.record.envelope import Origin
from resources.store.port import Unavailable

WRONG = 1
REFUSED = 2


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="一行に一つの FHIR リソース / NDJSON, a resource with its id on each line")
    ],
    custodian: Annotated[str, typer.Option(help="記録を持つ機関 / whose records these are: Organization/id")],
    author: Annotated[str, typer.Option(help="記録者 / who wrote them: Practitioner/id; the agency if not given")] = "",
    directory: Annotated[
        bool, typer.Option("--directory", help="相談機関一覧の行も取り込む / take in the directory and its staff too")
    ] = False,
    report: Annotated[Path, typer.Option(help="誤りのある行の報告先 / where to say which lines are wrong")] = Path(
        "import-report.ndjson"
    ),
) -> None:
    """一つの機関の記録を NDJSON から取り込む（中断可） / Import the records of one agency, to go on where it was."""
    console = Console(stderr=True, soft_wrap=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TransferSpeedColumn())
    try:
        bar = Progress(
            *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
        )
        with bar as shown:
            job = Job(files, Origin(custodian, author or custodian), report, directory)
            standing = asyncio.run(importing.run(app_settings.read(), job, shown))
    except (ImportFault, SettingsFault, SpecFault, Unavailable) as fault:
        _stop(console, " / ".join([*getattr(fault, "__notes__", ()), str(fault)]))
    except OSError as fault:
        _stop(console, os_fault.sentence(fault))
    print(_summary(standing, report))
    sys.exit(WRONG if standing.wrong else 0)


def _summary(standing: Standing, report: Path) -> str:
    ja = f"取り込み {standing.written} 件、取り込み済み {standing.there} 件、誤り {standing.wrong} 件"
    en = f"imported {standing.written}, there already {standing.there}, wrong {standing.wrong}"
    return f"{ja} / {en}" + (f": {report}" if standing.wrong else "")


def _stop(console: Console, sentence: str) -> None:
    console.print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(REFUSED)
