"""When guessing of passwords is locked out: a pure rule, with time passed in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

IPV6_NETWORK_BITS = 64  # one subscriber has at least that many addresses


@dataclass(frozen=True, slots=True)
class LockRule:
    """`most` attempts that go wrong within `within` lock for `lock`."""

    most: int
    within: timedelta
    lock: timedelta


@dataclass(frozen=True, slots=True)
class Attempts:
    """Logins of one account, or from one address, that have not succeeded (UTC)."""

    count: int
    first_at: datetime
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


ACCOUNT_RULE = LockRule(5, timedelta(minutes=15), timedelta(minutes=15))
# Many people may sit behind one address.
ADDRESS_RULE = LockRule(30, timedelta(minutes=15), timedelta(minutes=15))


def after_attempt(before: Attempts | None, rule: LockRule, now: datetime) -> Attempts:
    """What is known after one more attempt; the one that reaches the limit locks what follows."""
    is_over = before is None or now - before.first_at > rule.within
    if before is None or is_over or before.locked_until is not None:
        before = Attempts(0, now)
    count = before.count + 1
    return Attempts(count, before.first_at, now + rule.lock if count >= rule.most else None)


def address_group(address: str) -> str:
    """What is locked out together: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
    return str(parsed)
