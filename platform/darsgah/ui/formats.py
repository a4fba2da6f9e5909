"""How times, sizes, numbers and scores are written, the same everywhere.

Each function returns markup that keeps its own direction, so that a number inside Urdu text is never torn
apart. Times are shown in the hub's zone, with the zone named; a score is cut, never rounded up.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_timezone_name
from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup

NETWORK_ZONE = "Asia/Karachi"
SIZE_STEPS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))
LIMIT_STEPS = (("GiB", 1024**3), ("MiB", 1024**2))


def moment(when: datetime, *, locale: Locale, zone: ZoneInfo, now: datetime) -> Markup:
    """Absolute and relative: ``22 November 2026 15:30 PKT (in 3 days)``."""
    return Markup('{} <span class="relative">({})</span>').format(
        absolute(when, locale=locale, zone=zone), relative(when, locale=locale, now=now)
    )


def absolute(when: datetime, *, locale: Locale, zone: ZoneInfo) -> Markup:
    """Day, time to the minute and zone, as a ``<time>`` element."""
    local = _aware(when).astimezone(zone)
    day = format_date(local, "d MMMM y", locale=locale)
    time = format_time(local, "HH:mm", tzinfo=zone, locale=locale)
    name = get_timezone_name(local, width="long", locale=locale)
    return Markup('<time datetime="{}">{} <bdi>{} <abbr title="{}">{}</abbr></bdi></time>').format(
        _aware(when).astimezone(UTC).isoformat(timespec="seconds"), day, time, name, local.tzname()
    )


def plain_moment(when: datetime, *, locale: Locale, zone: ZoneInfo | None = None) -> str:
    """The same without markup, for letters: ``22 November 2026 15:30 PKT``; or in the network's zone."""
    local = _aware(when).astimezone(zone or ZoneInfo(NETWORK_ZONE))
    return f"{format_datetime(local, 'd MMMM y HH:mm', tzinfo=local.tzinfo, locale=locale)} {local.tzname()}"


def short_moment(when: datetime, *, locale: Locale, zone: ZoneInfo) -> Markup:
    """For a dense table whose heading names the zone: ``22 Nov 15:30``, with the year when hovered."""
    local = _aware(when).astimezone(zone)
    return Markup('<time class="num" datetime="{}" title="{}">{}</time>').format(
        _aware(when).astimezone(UTC).isoformat(timespec="seconds"),
        format_datetime(local, "d MMMM y HH:mm:ss", tzinfo=zone, locale=locale),
        format_datetime(local, "d MMM HH:mm", tzinfo=zone, locale=locale),
    )


def relative(when: datetime, *, locale: Locale, now: datetime) -> str:
    """``in 3 days``, ``2 hours ago``."""
    return format_timedelta(_aware(when) - now, add_direction=True, locale=locale, threshold=1.2)


def duration(seconds: float, *, locale: Locale) -> str:
    """``240 milliseconds``, ``30 seconds``, ``5 minutes``."""
    if 0 < seconds < 1:
        return format_unit(max(1, round(seconds * 1000)), "duration-millisecond", locale=locale)
    return format_timedelta(timedelta(seconds=seconds), locale=locale, threshold=1.5)


def size(octets: int, *, limit: bool = False) -> Markup:
    """``3.4 MB``; decimal units, as browsers and file managers show.

    Never less than the truth for a download, and never more than it for a limit; a limit in whole MiB or GiB
    is shown as such, as the author of a lab set it.
    """
    for unit, step in LIMIT_STEPS if limit else ():
        if octets >= step and octets % step == 0:
            return _sized(str(octets // step), unit)
    for unit, step in SIZE_STEPS:
        if octets >= step:
            tenths = octets * 10 // step if limit else -(-octets * 10 // step)
            return _sized(f"{tenths / 10:.1f}".removesuffix(".0"), unit)
    return _sized(str(octets), "B")


def _sized(amount: str, unit: str) -> Markup:
    return Markup('<bdi class="num">{}\N{NO-BREAK SPACE}{}</bdi>').format(amount, unit)


def number(value: float, *, locale: Locale) -> Markup:
    """A number with its thousands apart and its digits in columns."""
    return Markup('<bdi class="num">{}</bdi>').format(format_decimal(value, locale=locale))


def points(value: float) -> str:
    """At most two decimals, the rest cut off: 2.999 is ``2.99``, so full marks are read only where given."""
    cut = Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    text = format(cut, "f").rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _aware(when: datetime) -> datetime:
    """The database speaks UTC; a time without a zone would be a fault of ours and is read as UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)
