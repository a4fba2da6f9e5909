"""Numbers, sizes, times and scores, as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from darsgah.ui import formats

KARACHI = ZoneInfo("Asia/Karachi")
ENGLISH, URDU = Locale("en", "GB"), Locale("ur", "PK")
NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10.0, "10"),
        (9.999, "9.99"),
        (2.5, "2.5"),
        (0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.33"),
        (-0.001, "0"),
    ],
)
def test_a_score_is_cut_and_never_rounded_up(value: float, text: str) -> None:
    assert formats.points(value) == text


@given(st.floats(min_value=0, max_value=1e6))
def test_no_score_reads_higher_than_it_is(value: float) -> None:
    shown = float(formats.points(value))
    assert shown <= value
    assert value - shown < 0.01 + 1e-9


@pytest.mark.parametrize(
    ("octets", "down", "up"),
    [
        (0, "0\u00a0B", "0\u00a0B"),
        (999, "999\u00a0B", "999\u00a0B"),
        (1000, "1\u00a0kB", "1\u00a0kB"),
        (20 * 1024 * 1024, "20\u00a0MiB", "21\u00a0MB"),
        (20 * 1024 * 1024 + 1, "20.9\u00a0MB", "21\u00a0MB"),
        (256 * 1024 * 1024, "256\u00a0MiB", "268.5\u00a0MB"),
        (1024**3, "1\u00a0GiB", "1.1\u00a0GB"),
    ],
)
def test_a_download_is_never_told_too_small_and_a_limit_never_too_large(
    octets: int, down: str, up: str
) -> None:
    assert down in formats.size(octets, limit=True)
    assert up in formats.size(octets)


def test_times_are_in_the_hubs_zone_with_its_name() -> None:
    shown = formats.moment(NOON, locale=ENGLISH, zone=KARACHI, now=NOON - timedelta(days=3))
    assert '<time datetime="2026-11-22T07:00:00+00:00">22 November 2026' in shown
    assert '12:00 <abbr title="Pakistan Standard Time">PKT</abbr>' in shown
    assert "(in 3 days)" in shown
    assert "نومبر" in formats.absolute(NOON, locale=URDU, zone=KARACHI)
    assert formats.absolute(NOON.replace(tzinfo=None), locale=ENGLISH, zone=KARACHI) == formats.absolute(
        NOON, locale=ENGLISH, zone=KARACHI
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2404, "240 milliseconds"), (0.0001, "1 millisecond"), (2.4, "2 seconds"), (300, "5 minutes")],
)
def test_a_duration_is_never_told_as_nothing(seconds: float, text: str) -> None:
    assert formats.duration(seconds, locale=ENGLISH) == text
    assert formats.duration(seconds, locale=URDU)[0].isdigit()


def test_numbers_stay_whole_inside_urdu() -> None:
    assert formats.number(1234567, locale=URDU) == '<bdi class="num">1,234,567</bdi>'
