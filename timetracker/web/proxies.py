"""Who is really asking: forwarded headers count only when the machine that sent them is one of TRUSTED_PROXIES."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network
_FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


def trust_proxies(request: HttpRequest) -> bool:
    """Set address and scheme from a trusted proxy's headers, and drop the headers. True if it was one.

    `request.unknown_proxy` says that somebody we do not trust passed the request on: the address is theirs.
    """
    forwarded = {name: request.META.pop(name, "") for name in _FORWARDED}
    request.unknown_proxy = any(forwarded.values())  # type: ignore[attr-defined]  # for views that go by the address
    proxies = [ip_network(item) for item in settings.TRUSTED_PROXIES]
    if not is_inside(request.META.get("REMOTE_ADDR", ""), proxies):
        return False
    request.unknown_proxy = False  # type: ignore[attr-defined]  # as above
    request.META["REMOTE_ADDR"] = _client(
        [request.META["REMOTE_ADDR"], *reversed(forwarded["HTTP_X_FORWARDED_FOR"].split(","))], proxies
    )
    if forwarded["HTTP_X_FORWARDED_PROTO"].strip().lower() == "https":
        _set_https(request)
    return True


def _client(nearest_first: Sequence[str], proxies: Sequence[Network]) -> str:
    """The first address, seen from us, that is no proxy of ours: what stands behind it could be made up."""
    known = nearest_first[0]
    for text in nearest_first:
        address = text.strip()
        if not _is_address(address):
            break
        known = address
        if not is_inside(address, proxies):
            break
    return known


def _set_https(request: HttpRequest) -> None:
    request.META["wsgi.url_scheme"] = "https"
    if hasattr(request, "scope"):  # ASGIRequest reads it from there
        request.scope["scheme"] = "https"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_inside(text: str, networks: Iterable[Network]) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in networks)
