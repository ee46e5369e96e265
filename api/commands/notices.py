"""tsunagu notices: a mail to each agency to which something new was addressed; it says that, and nothing else.

docs/worklist.md, "notices by mail"
"""

from __future__ import annotations

import asyncio
import smtplib
import uuid
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

import orjson

from api.commands import command
from api.commands.command import Bar
from api.settings import Settings
from consent import derivation, verdict
from consent.relations.contributions import AGENCY
from profiles import load
from resources.record import envelope
from resources.record.envelope import PARTIES
from resources.record.version import Version
from resources.search.predicate import Predicate, has_one_of
from resources.search.relation import values
from resources.store import open as stores
from resources.store import secret_file
from resources.store.fault import unavailable
from resources.store.port import Snapshot, Store

ADDRESSED: Predicate = has_one_of(
    ".type", {"Appointment", "Communication", "CommunicationRequest", "Encounter", "ServiceRequest", "Task"}
)
"""Under this the command looks to whom something new is addressed; of what it is, it looks at nothing."""

AGENCIES: Predicate = has_one_of(".type", {"Organization"})
"""Under this it looks for the addresses of the agencies."""

_JUDGED = ("Appointment", "ServiceRequest", "Task")
_PLACE = ("notices", "position")
_PAGE = 500
_PATIENCE = 20.0

SUBJECT = "つなぐ：新しいお知らせがあります / Tsunagu: something new"
_TEXT = (
    "新しいお知らせがあります。サインインして「することの一覧」を確かめてください。\n"
    "Something new was addressed to you. Sign in, and look at your worklist.\n\n{address}\n"
)


def notices() -> None:
    """新しい宛先の機関に、内容のないメールを送る / Mail each agency that has something new, without saying what."""
    sent = command.run(lambda settings: asyncio.run(_told(settings)))
    print(f"{sent} 通を送りました / {sent} sent")


async def _told(settings: Settings) -> int:
    store = stores.opened(
        settings.store_address, generation=derivation.generation(load.load()), seconds=settings.question_seconds
    )
    stores.standing(settings.store_address)
    await store.open()
    try:
        agencies, reached = await _addressed(store)
        async with store.snapshot() as view:
            named = [one for each in sorted(agencies) for one in await _mail(view, each)]
        addresses = list(dict.fromkeys(named))
        _send(settings, addresses)
        await store.vault.replace(*_PLACE, reached.encode())
        return len(addresses)
    finally:
        await store.close()


async def _addressed(store: Store) -> tuple[set[str], str]:
    """The agencies to which something was addressed since the last run, and how far it was looked; nobody at the
    first, which begins now."""
    begun = await store.vault.look(*_PLACE)
    after, found, seen = begun.decode() if begun is not None else "", set[str](), 0
    with Bar("確認 / looking", None) as bar:
        async with store.snapshot() as view:
            while (page := await view.feed(after, _PAGE, within=ADDRESSED)).versions:
                after, seen = page.next, seen + len(page.versions)
                bar.to(seen)
                if begun is not None:
                    found |= await _agencies(view, page.versions)
    return found, after


async def _agencies(view: Snapshot, versions: Iterable[Version]) -> set[str]:
    """Whom these are addressed to, but for the agency that keeps a record of its own making."""
    found: set[str] = set()
    for version in versions:
        if version.deleted or (version.type in _JUDGED and not verdict.read(version.terms).counts):
            continue
        parties = set(values(version.terms, PARTIES.name))
        others = [(AGENCY, party) for party in sorted(parties) if not party.startswith("Organization/")]
        rows = await view.rows(others) if others else ()
        named = {each for each in parties if each.startswith("Organization/")} | {row.relation.to for row in rows}
        keeper = envelope.value(version.terms, ".custodian") if version.type != "Communication" else ""
        found |= named - {keeper}
    return found


async def _mail(view: Snapshot, agency: str) -> list[str]:
    found = await view.get(*agency.split("/"), within=AGENCIES)
    telecom = orjson.loads(found.body).get("telecom") or () if found and not found.deleted else ()
    return [str(each["value"]) for each in telecom if each.get("system") == "email" and "@" in str(each.get("value"))]


def _send(settings: Settings, addresses: Sequence[str]) -> None:
    """One message an address, over SMTP or into the outbox. Raises Unavailable, OSError."""
    letters = [_letter(settings, address) for address in addresses]
    if not letters:
        return
    if not settings.smtp:
        for letter in letters:
            secret_file.made_once(settings.data / "outbox" / f"{uuid.uuid4()}.eml", bytes(letter))
        return
    host, _, port = settings.smtp.partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=_PATIENCE) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
            for letter in letters:
                server.send_message(letter)
    except smtplib.SMTPException as fault:
        text = "the mail server at TSUNAGU_SMTP takes no mail"
        raise unavailable(text, "TSUNAGU_SMTP のメールサーバーが受け付けません") from fault


def _letter(settings: Settings, address: str) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = SUBJECT, settings.mail_from, address
    letter.set_content(_TEXT.format(address=settings.address))
    return letter
