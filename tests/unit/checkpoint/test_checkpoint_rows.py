"""Values on their way into the tables and back."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.checkpoint.rows import from_ms, storable, to_ms

YEAR_1 = (datetime(1, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
YEAR_9999 = (datetime(9999, 12, 31, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(st.integers(YEAR_1, YEAR_9999))
def test_milliseconds_survive(ms: int) -> None:
    """No float stands between: every millisecond of every year comes back."""
    assert to_ms(from_ms(ms)) == ms


def test_a_moment_is_the_same_in_every_zone() -> None:
    """The session's time zone does not matter."""
    assert to_ms(datetime(1970, 1, 1, 2, 0, 0, 1_999, tzinfo=timezone(timedelta(hours=2)))) == 1
    assert to_ms(None) is None
    assert from_ms(None) is None


@given(st.text(st.characters(), max_size=60), st.integers(1, 50))
def test_any_text_can_be_stored(text: str, limit: int) -> None:
    """An error message may hold anything that a user's data held."""
    kept = storable(text, limit=limit)
    assert len(kept) <= limit
    assert "\0" not in kept
    assert kept.encode().decode() == kept


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    """Cleaning changes only what PostgreSQL refuses."""
    assert storable(text, limit=20) == text
