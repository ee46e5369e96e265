"""The command line: what `tsunagu` can be asked for, each command loaded when it is asked for and not before.

docs/settings.md
"""

from __future__ import annotations

import resource
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from resources.store.port import TooCostly

COMMANDS = {
    "init": "city:init",
    "serve": "serve:serve",
    "account": "account:app",
    "client": "client:app",
    "city": "city:app",
    "import": "import_command:import_",
    "simulate": "simulate:simulate",
    "notices": "notices:notices",
    "check": "maintenance:check",
    "reindex": "maintenance:reindex",
    "upgrade": "maintenance:upgrade",
    "audit": "audit:app",
    "keys": "keys:app",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""Where each stands: a module of `api/commands`, and in it a function, or an application of several."""


class Commands(TyperGroup):
    """Knows its commands by name: whoever asks for one does not wait for what only the others need."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # What is asked for under a wrong name is looked for among them all.
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.add_command(_loaded(name), name)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, help="つなぐ / Tsunagu")


@app.callback()
def tsunagu() -> None:
    """A case-record API for a city that never refuses a consultation."""


TOO_LONG = (
    "tsunagu: 保存先への一つの問い合わせが TSUNAGU_QUESTION_SECONDS までに終わりませんでした。値を大きくして、もう一度"
    "実行してください / one question to the store took longer than TSUNAGU_QUESTION_SECONDS: raise it, and run it again"
)


def main() -> None:
    _leave_no_picture()
    try:
        app()
    except TooCostly:
        print(TOO_LONG, file=sys.stderr)
        sys.exit(2)


def _leave_no_picture() -> None:
    """No core file of this process, or of one that it begins, is written where it crashes: records would be in it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _loaded(name: str) -> Any:
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"api.commands.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


if __name__ == "__main__":
    main()
