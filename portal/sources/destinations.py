"""Where a request to the web goes: the parts of its address, and which addresses of its host may be connected to."""

from __future__ import annotations

import logging
from ssl import SSLCertVerificationError

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url
from urllib3.util.ssl_match_hostname import CertificateError

from portal.sources.problems import PassingProblem, SourceProblem
from portal.sources.reach import Reach

log = logging.getLogger(__name__)

PORTS = {"http": 80, "https": 443}
UNPROVEN = (SSLCertVerificationError, CertificateError)


def checked_addresses(url: Url, reach: Reach) -> list[str]:
    """All addresses of the host of `url`, each of which may be connected to.

    Raises SourceProblem when one of them may not; PassingProblem when none is to be found.
    """
    host, port = host_of(url), port_of(url)
    try:
        addresses = reach.resolve(host, port)
    except TimeoutError as error:
        raise PassingProblem(f"It took too long to look up the address of the host {host}.") from error
    except (OSError, UnicodeError) as error:
        raise PassingProblem(f"There is no address to be found for the host {host}.") from error
    for address in addresses:
        if not reach.allowed.may_connect(host, port, address):
            # Where a name leads inside the network is no business of those who may only name it.
            log.warning("%s is at %s, which isn't a public address", host, address)
            raise SourceProblem(
                f"{host} isn't {'' if address == host else 'at '}a public address.",
                "If that is meant, ask your administrator to name the host in PORTAL_URL_ALLOW by its full name.",
            )
    return addresses


def untrusted(error: Exception, host: str) -> SourceProblem:
    """No encrypted connection: because of the certificate, which stays as it is, or of something else."""
    reason = next((part for part in (error, *error.args) if isinstance(part, UNPROVEN)), None)
    if reason is None:
        return PassingProblem(f"No encrypted connection can be made to {host}.")
    why = getattr(reason, "verify_message", "") or str(reason)
    return SourceProblem(f"{host} can't prove who it is: {why}.", "Ask its administrator to mend its certificate.")


def parsed(url: str) -> Url:
    """The parts of `url`. Raises SourceProblem for what isn't an address of the web."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        parts = Url()
    if parts.scheme not in PORTS or not parts.host:
        raise SourceProblem("The source leads to an address that isn't one of the web.", "Check the importer's source.")
    return parts


def host_of(url: Url) -> str:
    """Its host, an IPv6 address without brackets."""
    return str(url.host).strip("[]")


def port_of(url: Url) -> int:
    """Its port, where it names none that of its scheme."""
    return url.port or PORTS[str(url.scheme)]
