"""TLS in the server itself, for an installation without a proxy in front: a certificate with its chain, and its key.

https://www.rfc-editor.org/rfc/rfc9325; docs/deploy.md, "TLS"
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from granian.constants import SSLProtocols

from api.settings import Settings, SettingsFault


def spoken(settings: Settings) -> dict[str, Any]:
    """What the server is told of it, nothing where no certificate is set. Raises SettingsFault where the files are not
    a certificate and its key: better said before the server starts."""
    if not settings.tls_certificate and not settings.tls_key:
        return {}
    for name, file in (("TLS_CERTIFICATE", settings.tls_certificate), ("TLS_KEY", settings.tls_key)):
        if not file:
            raise SettingsFault(f"TSUNAGU_{name} is missing: a certificate and its key are set together")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=_no_password)
    except ssl.SSLError:
        raise SettingsFault(
            f"TSUNAGU_TLS_CERTIFICATE and TSUNAGU_TLS_KEY cannot be `{settings.tls_certificate}` and "
            f"`{settings.tls_key}`: they must be a PEM certificate, its chain behind it, and its own key, not encrypted"
        ) from None
    except OSError as fault:
        why = (fault.strerror or str(fault)).lower()
        raise SettingsFault(
            f"TSUNAGU_TLS_CERTIFICATE or TSUNAGU_TLS_KEY cannot be read (`{settings.tls_certificate}`, "
            f"`{settings.tls_key}`): {why}"
        ) from None
    return {
        "ssl_cert": Path(settings.tls_certificate),
        "ssl_key": Path(settings.tls_key),
        "ssl_protocol_min": SSLProtocols.tls12,
    }


def _no_password() -> str:
    """Asked for an encrypted key's: nobody sits at a server that starts. An empty one opens none."""
    return ""
