"""What the commands on accounts and clients have in common: the store, what is said on the trail, how they end.

docs/oauth.md, "accounts" and "clients"
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

from rich.console import Console

from api import settings as app_settings
from api.commands import os_fault
from api.commands.named_record import NotNamedError
from api.settings import Settings, SettingsFault
from resources.store import open as stores
from resources.store.port import Store, Unavailable

T = TypeVar("T")


def run(work: Callable[[Store], Awaitable[T]], generation: str = "") -> T:
    """The work's answer, with the store open, of that generation where it writes records; what an operator can mend is
    one sentence and exit code 2."""
    try:
        return asyncio.run(_at_work(work, generation))
    except (Unavailable, NotNamedError) as fault:
        stop(" / ".join([*getattr(fault, "__notes__", ()), str(fault)]))
    except OSError as fault:
        stop(os_fault.sentence(fault))
    except (SettingsFault, ValueError) as fault:
        stop(str(fault))


def settings() -> Settings:
    """What the environment says; what an operator can mend in it is one sentence and exit code 2."""
    try:
        return app_settings.read()
    except SettingsFault as fault:
        stop(str(fault))


async def _at_work(work: Callable[[Store], Awaitable[T]], generation: str) -> T:
    address = app_settings.read().store_address
    stores.standing(address)
    store = stores.opened(address, generation=generation)
    await store.open()
    try:
        return await work(store)
    finally:
        await store.close()


def stop(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(2)
