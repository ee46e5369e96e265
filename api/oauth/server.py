"""The authorization server as the application sees it: routes to serve, and a bearer to ask who calls.

https://hl7.org/fhir/smart-app-launch/STU2.2/
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from authlib.common.security import is_secure_transport
from starlette.routing import Route

from api.clock import Clock
from api.oauth import events, keys
from api.oauth.authorize import Authorize
from api.oauth.bearer import Bearer
from api.oauth.client_keys import ClientKeys
from api.oauth.endpoint import guarded
from api.oauth.entrance import Entrance
from api.oauth.events import Append, Events
from api.oauth.granular import Granular
from api.oauth.households import Households
from api.oauth.introspect import Introspect
from api.oauth.issuer import Issuer
from api.oauth.launch import CHOSEN, Launch
from api.oauth.metadata import Metadata
from api.oauth.options import Options
from api.oauth.own_passkeys import OwnPasskeys
from api.oauth.passkey_sign_in import PasskeySignIn
from api.oauth.provider import Provider
from api.oauth.provider_sign_in import ProviderSignIn
from api.oauth.provider_sign_out import ProviderSignOut
from api.oauth.pushed import Pushed
from api.oauth.registration import Registration
from api.oauth.revoke import Revoke
from api.oauth.second_factor import SecondFactor
from api.oauth.sign_in import SignIn
from api.oauth.source import Sources
from api.oauth.still_there import StillThere
from api.oauth.throttle import Throttle
from api.oauth.token import Token
from api.oauth.webauthn import Ceremonies
from api.outward import Network
from api.pages import sign_in as pages
from consent.gate import Gate
from resources.store.port import Vault

_LONGEST_ACCESS = 3600


class AuthorizationServer:
    """`issuer` is the address of this server (`https://host`, or http on this machine), `fhir` its FHIR base.

    `folder` is where the signing keys are, or are made. `clock` gives an aware time. `token_rate` and `sign_in_rate`
    are requests a minute for one address. `gate` is asked whom a person may choose for an app, `append` keeps the
    trail, `proxies` may say whom they speak for, `key_networks` are local ones that clients' keys may be in. Raises
    ValueError for an address or lifetime that cannot be.
    """

    def __init__(
        self,
        vault: Vault,
        issuer: str,
        fhir: str,
        folder: Path,
        clock: Clock,
        *,
        gate: Gate,
        append: Append = events.nowhere,
        access_lifetime: int = 900,
        token_rate: int = 300,
        sign_in_rate: int = 60,
        proxies: tuple[Network, ...] = (),
        key_networks: tuple[Network, ...] = (),
        options: Options | None = None,
    ) -> None:
        if not is_secure_transport(issuer) or urlsplit(issuer).path not in ("", "/"):
            raise ValueError(f"the issuer `{issuer}` is neither https nor on this machine, or has a path")
        if not 0 < access_lifetime <= _LONGEST_ACCESS:
            raise ValueError(f"an access token lives an hour at most, not {access_lifetime} seconds")
        sources = Sources(proxies)
        self.issuer = Issuer(
            url=issuer.removesuffix("/"),
            fhir=fhir.removesuffix("/"),
            vault=vault,
            keys=keys.load(folder),
            clock=clock,
            events=Events(append, clock),
            sources=sources,
            client_keys=ClientKeys(clock, key_networks),
            granular=Granular(gate.engine.index),
            options=options or Options(),
            ceremonies=Ceremonies(issuer.removesuffix("/")),
            access_lifetime=access_lifetime,
        )
        self._gate = gate
        outside = self.issuer.options.outside
        self._provider = Provider(self.issuer, outside) if outside else None
        self.bearer = Bearer(self.issuer)
        self._tokens = Throttle("token", token_rate, vault, clock, sources)
        self._sign_ins = Throttle("sign-in", sign_in_rate, vault, clock, sources)

    def routes(self) -> list[Route]:
        issuer = self.issuer
        metadata = Metadata(issuer)
        pushed = Pushed(issuer, issuer.options.pushed, (CHOSEN,))
        launch = Launch(issuer, Households(issuer, self._gate), self.bearer, pushed)
        authorize = Authorize(issuer, launch, pushed)
        entrance = Entrance(issuer, self._sign_ins)
        second = SecondFactor(issuer, entrance)
        sign_in = SignIn(issuer, entrance, second)
        smart = f"{urlsplit(issuer.fhir).path}/.well-known/smart-configuration"
        return [
            *self._turned_on(pushed),
            Route(smart, metadata.smart),
            Route("/.well-known/smart-configuration", metadata.smart),
            Route("/.well-known/oauth-authorization-server", metadata.oauth),
            Route("/.well-known/openid-configuration", metadata.openid),
            Route("/oauth/jwks", metadata.jwks),
            Route("/oauth/authorize", authorize.ask, methods=["GET", "POST"]),
            Route("/oauth/decision", authorize.decide, methods=["POST"]),
            Route("/oauth/choose", launch.choose, methods=["POST"]),
            Route("/oauth/launch", guarded(self._tokens, launch.opened), methods=["POST"]),
            Route("/oauth/token", guarded(self._tokens, Token(issuer, self._still_there()).answer), methods=["POST"]),
            Route("/oauth/introspect", guarded(self._tokens, Introspect(issuer).answer), methods=["POST"]),
            Route("/oauth/revoke", guarded(self._tokens, Revoke(issuer).answer), methods=["POST"]),
            Route("/sign-in", sign_in.show),
            Route("/sign-in", sign_in.enter, methods=["POST"]),
            Route("/sign-in/second", sign_in.prove, methods=["POST"]),
            Route("/second-factor", second.show),
            Route("/second-factor", second.set_up, methods=["POST"]),
            *self._of_passkeys(entrance, second),
            *self._of_provider(entrance, second, pushed),
            Route("/sign-out", sign_in.ask_to_leave),
            Route("/sign-out", sign_in.leave, methods=["POST"]),
            Route("/static/tsunagu.css", pages.style),
        ]

    def _of_passkeys(self, entrance: Entrance, second: SecondFactor) -> list[Route]:
        entering, own = PasskeySignIn(self.issuer, entrance), OwnPasskeys(self.issuer, entrance, second)
        return [
            Route("/sign-in/passkey", entering.ask, methods=["POST"]),
            Route("/sign-in/passkey/signed", entering.enter, methods=["POST"]),
            Route("/passkeys", own.show),
            Route("/passkeys", own.ask, methods=["POST"]),
            Route("/passkeys/made", own.keep, methods=["POST"]),
            Route("/passkeys/remove", own.remove, methods=["POST"]),
            Route("/static/passkey.js", pages.script),
        ]

    def _of_provider(self, entrance: Entrance, second: SecondFactor, pushed: Pushed) -> list[Route]:
        outside = self.issuer.options.outside
        if outside is None or self._provider is None:
            return []
        entering = ProviderSignIn(self.issuer, entrance, second, pushed, self._provider, outside)
        leaving = ProviderSignOut(self.issuer, self._provider, outside)
        return [
            Route("/sign-in/provider", entering.ask, methods=["POST"]),
            Route("/sign-in/provider/back", entering.enter),
            Route("/sign-in/provider/ended", guarded(self._tokens, leaving.answer), methods=["POST"]),
        ]

    def _still_there(self) -> StillThere | None:
        outside = self.issuer.options.outside
        return StillThere(self.issuer, self._provider, outside.seconds) if outside and self._provider else None

    def _turned_on(self, pushed: Pushed) -> list[Route]:
        on, found = self.issuer.options, []
        if on.pushed != "off":
            found.append(Route("/oauth/par", guarded(self._tokens, pushed.answer, 201), methods=["POST"]))
        if on.registration:
            register = Registration(self.issuer, on.software_keys).answer
            found.append(Route("/oauth/register", guarded(self._tokens, register, 201), methods=["POST"]))
        return found
