"""Which hosts a web source may reach, and which of their addresses. Pure.

Private addresses are refused because a program inside a network reaches what the outside must not: see
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

AnyAddress = IPv4Address | IPv6Address

DEFAULT_PORTS = frozenset({80, 443})
ENTRY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|(\*\.)?[\w.-]+)(:(?P<port>\d{1,5}))?", re.IGNORECASE)
LOCAL = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # shared between a carrier and its customers (RFC 6598)
        "::1/128",
        "fc00::/7",
    )
)
"""Networks in which hosts of one's own stand. A host that is named exactly may be there, but not at a link-local or
otherwise special address, where clouds keep their secrets."""
PUBLIC_IPV6 = ip_network("2000::/3")
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052); the last four bytes are the address."""


class Permission(IntEnum):
    """How the setting names a host; the greater, the stronger."""

    NO = 0
    BY_PATTERN = 1
    BY_NAME = 2


@dataclass(frozen=True)
class _Entry:
    host: str
    port: int | None

    def permits(self, host: str, port: int) -> Permission:
        if port != self.port if self.port is not None else port not in DEFAULT_PORTS:
            return Permission.NO
        if self.host.startswith("*."):
            return Permission.BY_PATTERN if host.endswith(self.host[1:]) else Permission.NO
        return Permission.BY_NAME if host == self.host else Permission.NO


@dataclass(frozen=True)
class AllowedHosts:
    """The hosts that `PORTAL_URL_ALLOW` names, and what holds for all others."""

    entries: tuple[_Entry, ...] = ()
    others: Permission = Permission.NO

    @classmethod
    def named(cls, names: Sequence[str], others: Permission = Permission.NO) -> AllowedHosts:
        """Each of `names` is a host (`data.example.com`), all hosts below a domain (`*.example.com`), or one of them
        with a port (`data.example.com:8443`). Without a port 80 and 443 are meant. `others` is for all other hosts.

        Raises ValueError for anything else.
        """
        return cls(tuple(_entry(name) for name in names), others)

    def permission(self, host: str, port: int) -> Permission:
        """How `host` at `port` is named; the strongest of all entries."""
        return max([self.others, *(entry.permits(plain_host(host), port) for entry in self.entries)])

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """Whether `address`, at which `host` was found, may be connected to."""
        permission = self.permission(host, port)
        if permission is Permission.NO:
            return False
        if is_public(address) or self.permission(address, port) is Permission.BY_NAME:
            return True
        return permission is Permission.BY_NAME and is_local(address)


def plain_host(host: str) -> str:
    """In one form: lower case, no brackets, no dot at the end, international names as they go over the wire."""
    host = host.strip("[]").rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def is_public(address: str) -> bool:
    """Whether anyone on the internet would reach the same host at `address`."""
    ip = _innermost(ip_address(address))
    if ip.is_multicast or not ip.is_global:
        return False
    return ip.version == 4 or ip in PUBLIC_IPV6


def is_local(address: str) -> bool:
    """Whether `address` is in a network of one's own."""
    ip = _innermost(ip_address(address))
    return any(ip in network for network in LOCAL if network.version == ip.version)


def _innermost(ip: AnyAddress) -> AnyAddress:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(ip, IPv6Address):
        if ip in TRANSLATED:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip


def _entry(name: str) -> _Entry:
    match = ENTRY.fullmatch(name) if name.isascii() else ENTRY.fullmatch(plain_host(name))
    if match is None:
        raise ValueError(f"PORTAL_URL_ALLOW: {name} is neither a host, nor *.domain, nor one of them with a port.")
    return _Entry(plain_host(match["host"]), int(match["port"]) if match["port"] else None)
