"""tsunagu client: which systems and apps may ask for a token; each command is on the trail, and what it ends has ended.

docs/oauth.md, "clients"
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from joserfc.jwk import ECKey

from api import clock
from api.commands import named_record, vault_command
from api.oauth import clients, purpose, registration
from api.oauth.clients import Client
from api.oauth.events import Events
from consent import scope as scopes
from consent import vocabulary
from resources.store import secret_file
from resources.store.port import Store

app = typer.Typer(
    name="client", no_args_is_help=True, help="システム・アプリの登録 / which software may ask for a token"
)

Name = Annotated[str, typer.Argument(help="登録の名前（client_id）/ the client_id")]
Jwks = Annotated[Path | None, typer.Option(help="公開鍵の JWK Set / file with the public keys (JWK Set)")]
Uri = Annotated[str, typer.Option(help="公開鍵の所在 / where the public keys are, https")]
Made = Annotated[
    Path | None, typer.Option("--make-key", help="鍵を作り、秘密鍵をここに書く / make a key, the private one goes here")
]

_OF_AN_APP = "user/*.cruds openid fhirUser offline_access"
_PURPOSES = ["CAREMGT", "COC"]
_OWN = frozenset(
    {
        *(purpose.CARE_MANAGEMENT, purpose.COORDINATION_OF_CARE, purpose.SUPPORT_CONFERENCE, purpose.AUDIT_REVIEW),
        *(purpose.BREAK_THE_GLASS, purpose.PATIENT_REQUEST, vocabulary.STATISTICS),
    }
)

_WORDS = frozenset({"openid", "fhirUser", "profile", "offline_access", "online_access", "launch", "launch/patient"})


@app.command()
def add(
    name: Name,
    organization: Annotated[str, typer.Option(help="責任を持つ機関 / the agency answering for it: Organization/id")],
    title: Annotated[str, typer.Option(help="画面に出る名前 / what persons are shown")] = "",
    scope: Annotated[str, typer.Option(help="最大の scope / the most it can get; by default all of its kind")] = "",
    purposes: Annotated[
        list[str] | None, typer.Option("--purpose", help="利用目的の code / codes of the purposes it may ask for")
    ] = None,
    redirect_uris: Annotated[
        list[str] | None, typer.Option("--redirect-uri", help="人が使うアプリの戻り先 / of an app for persons")
    ] = None,
    jwks: Jwks = None,
    jwks_uri: Uri = "",
    make_key: Made = None,
    introspects: Annotated[
        bool, typer.Option("--introspects", help="ほかのトークンを照会できる / may ask about tokens of others")
    ] = False,
) -> None:
    """鍵のある機関のシステム、または戻り先のあるアプリを登録する / Register a system with keys, or an app."""

    async def added(store: Store) -> Client:
        if await clients.find(store.vault, name):
            vault_command.stop(
                f"`{name}` は登録済みです / `{name}` is there already: `tsunagu client rotate` or `revoke`"
            )
        await named_record.agency(store, organization)
        made = Client(
            client_id=name,
            name=title or name,
            organization=organization,
            scope=_scope(scope or (_OF_AN_APP if redirect_uris else "system/*.cruds")),
            purposes=_purposes(purposes or _PURPOSES),
            grant_types=("authorization_code", "refresh_token") if redirect_uris else ("client_credentials",),
            token_endpoint_auth_method="private_key_jwt" if jwks or jwks_uri or make_key else "none",
            redirect_uris=tuple(redirect_uris or ()),
            jwks=_keys(jwks, make_key),
            jwks_uri=jwks_uri,
            introspects=introspects,
        )
        await clients.register(store.vault, made)
        await _noted(store, made, "client added")
        return made

    made = vault_command.run(added)
    print(f"{made.client_id} を登録しました / is registered: {made.scope}")


@app.command()
def invite(
    organization: Annotated[str, typer.Option(help="責任を持つ機関 / the agency answering for it: Organization/id")],
    scope: Annotated[str, typer.Option(help="最大の scope / the most it can get")] = _OF_AN_APP,
    purposes: Annotated[
        list[str] | None, typer.Option("--purpose", help="利用目的の code / codes of the purposes it may ask for")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="使える日数 / for how many days it may be used")] = 7,
) -> None:
    """自ら登録するアプリに渡す、一度だけの初期トークンを表示する / Show an initial token, for one registration."""

    async def invited(store: Store) -> str:
        await named_record.agency(store, organization)
        until = clock.system().timestamp() + days * 86_400
        most = (_scope(scope), _purposes(purposes or _PURPOSES))
        token = await registration.invite(store.vault, organization, *most, until=until)
        events = Events(store.trail.append, clock.system)
        await events.note(None, "administration", "invitation to register", organization=organization)
        return token

    print(vault_command.run(invited))


@app.command()
def rotate(
    name: Name,
    jwks: Jwks = None,
    jwks_uri: Uri = "",
    make_key: Made = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="前の鍵とトークンも残す / the former keys and tokens go on as well")
    ] = False,
) -> None:
    """鍵を取り替え、それまでのトークンを終わらせる / Put new keys in place of the former; all tokens end."""

    async def rotated(store: Store) -> None:
        found = await _found(store, name)
        if found.public or not (jwks or jwks_uri or make_key):
            vault_command.stop("新しい鍵を示してください / name new keys: --jwks, --jwks-uri or --make-key")
        keys = _keys(jwks, make_key)
        if keep and keys and found.jwks:
            keys = {"keys": [*keys["keys"], *found.jwks["keys"]]}
        await clients.register(store.vault, replace(found, jwks=keys, jwks_uri=jwks_uri))
        if not keep:
            await clients.end_everything(store.vault, name)
        await _noted(store, found, "client keys rotated")

    vault_command.run(rotated)
    print(f"{name} の鍵を取り替えました / has new keys")


@app.command()
def revoke(name: Name) -> None:
    """登録を消し、すべてのトークンを終わらせる / Remove the registration; every token ends."""

    async def revoked(store: Store) -> None:
        found = await _found(store, name)
        await clients.remove(store.vault, name)
        await _noted(store, found, "client revoked")

    vault_command.run(revoked)
    print(f"{name} の登録を消しました / is gone, and every token of it")


@app.command("list")
def list_() -> None:
    """登録を一覧する / Every registration: name, agency, kind, scope, purposes."""

    async def listed(store: Store) -> list[Client]:
        return [each for name in await clients.names(store.vault) if (each := await clients.find(store.vault, name))]

    for each in vault_command.run(listed):
        kind = "app" if each.redirect_uris else "system"
        codes = ",".join(one.rpartition("|")[2] for one in each.purposes)
        print("\t".join([each.client_id, each.organization, kind, each.scope, codes]))


async def _found(store: Store, name: str) -> Client:
    found = await clients.find(store.vault, name)
    if found is None:
        vault_command.stop(f"`{name}` は登録されていません / there is no client `{name}`")
    return found


async def _noted(store: Store, client: Client, asked: str) -> None:
    events = Events(store.trail.append, clock.system)
    await events.note(None, "administration", asked, client=client.client_id, organization=client.organization)


def _scope(text: str) -> str:
    if wrong := [word for word in scopes.others(text) if word not in _WORDS]:
        raise ValueError(f"`{wrong[0]}` は scope ではありません / is no scope")
    return text


def _purposes(codes: list[str]) -> tuple[str, ...]:
    found = tuple(map(vocabulary.purpose, codes))
    if wrong := [code for code, one in zip(codes, found, strict=True) if one not in _OWN]:
        raise ValueError(f"`{wrong[0]}` は利用目的の code ではありません / is no code of a purpose of use")
    return found


def _keys(file: Path | None, make: Path | None) -> dict[str, Any]:
    """Public keys, from a file or of a new key. Raises ValueError, OSError."""
    if make:
        if make.exists():
            raise ValueError(f"`{make}` はもうあります / is there already: it is not written over")
        key = ECKey.generate_key("P-384", {"use": "sig", "alg": "ES384"}, private=True, auto_kid=True)
        secret_file.made_once(make, orjson.dumps(key.as_dict(private=True)))
        return {"keys": [key.as_dict(private=False)]}
    if file is None:
        return {}
    try:
        found = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        raise ValueError(f"`{file}` は JSON ではありません / is not JSON") from None
    keys = found if isinstance(found, dict) and "keys" in found else {"keys": [found]}
    if not clients.usable(keys):
        text = "holds other than public RSA keys of 2048 bits or P-384 keys, each with its own kid"
        raise ValueError(f"`{file}` は使える公開鍵ではありません / {text}")
    return dict(keys)
