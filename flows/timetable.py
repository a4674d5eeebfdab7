"""When a schedule fires, and who is told if it goes wrong: checked before anything of Prefect is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from tasks.errors import ConfigError

_ZONES = "/zoneinfo/"
_BANNED = frozenset("/%&<>")  # of Prefect's names


@dataclass(frozen=True)
class Timetable:
    """Times that come again.

    Attributes:
        cron: Five fields as cron has them; None: every `interval`.
        interval: Time from one run to the next; None: as `cron` says.
        timezone: What the hours of `cron` are those of, in the names of the IANA.
    """

    cron: str | None
    interval: timedelta | None
    timezone: str

    def __str__(self) -> str:
        return f"{self.cron} ({self.timezone})" if self.cron else f"every {self.interval}"


def make_timetable(cron: str | None, interval: timedelta | None, timezone: str | None) -> Timetable:
    """Make a timetable of what a user gave: an expression or an interval.

    Raises:
        ConfigError: It is none.

    Example:
        >>> str(make_timetable("0 3 * * *", None, "Europe/Oslo"))
        '0 3 * * * (Europe/Oslo)'
        >>> make_timetable("0 25 * * *", None, None)
        Traceback (most recent call last):
        ...
        tasks.errors.ConfigError: --cron '0 25 * * *': five fields are wanted, minute hour day month weekday, as in '0 3 * * *' (Bad hour)
    """  # noqa: E501
    if interval is not None and interval < timedelta(seconds=1):
        raise ConfigError(f"--interval {interval}: a second is the shortest")
    zone = timezone or local_timezone()
    if zone not in available_timezones():
        raise ConfigError(f"--timezone {zone!r}: no such time zone; its name is one such as Europe/Oslo or UTC")
    if cron is not None:
        try:
            if len(cron.split()) != 5:
                raise CronSimError("Wrong number of fields")
            next(CronSim(cron, datetime.now(ZoneInfo(zone))))
        except (CronSimError, StopIteration) as error:
            raise ConfigError(
                f"--cron {cron!r}: five fields are wanted, minute hour day month weekday, as in '0 3 * * *'"
                f" ({str(error) or 'there is no such day'})"
            ) from error
    return Timetable(cron, interval, zone)


def local_timezone() -> str:
    """Return the name of this machine's time zone; UTC where it has none."""
    place = os.environ.get("TZ", "").lstrip(":") or os.path.realpath("/etc/localtime")
    name = place.partition(_ZONES)[2] or place
    return name if name in available_timezones() and Path(name).parts else UTC.tzname(None)


def check_name(name: str) -> None:
    """See that Prefect takes a name for a deployment.

    Raises:
        ConfigError: It does not.
    """
    if not name or set(name) & _BANNED:
        raise ConfigError(f"--name {name!r}: a name has none of {' '.join(sorted(_BANNED))}")


def check_notify(notify: str) -> None:
    """See that somebody can be told by what a user gave.

    Raises:
        ConfigError: It is neither a URL nor the name of a block.

    Example:
        >>> check_notify("https://hooks.example.org/desk"), check_notify("sendgrid-email/desk")
        (None, None)
    """
    kind, _, name = notify.partition("/")
    if not is_url(notify) and not (kind and name and "/" not in name and ":" not in notify):
        raise ConfigError(f"--notify {notify!r}: neither an http or https URL nor a block, such as sendgrid-email/desk")


def is_url(notify: str) -> bool:
    """Tell an address from the name of a block."""
    parts = urlsplit(notify)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
