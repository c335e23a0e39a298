"""Goal: an estimate is what past epochs did per row, exactly; what nothing tells is unknown, not 0."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.protocol.forecast import Forecast, Made, Size, Written, forecast, made
from tidegate.protocol.model import StagedPartition, StateRun

sizes = st.builds(Size, st.integers(0, 10**12), st.integers(0, 10**15))
growths = st.builds(Size, st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
pasts = st.builds(
    Made,
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**12),
    st.dictionaries(st.sampled_from(["d.a", "d.b"]), st.builds(Written, st.integers(1, 10**4), sizes)),
    st.none() | growths,
)
samples = st.lists(pasts, max_size=10)
rows = st.integers(0, 10**9)


def of(sample: list[Made], rows_in: int | None, bytes_in: int = 0) -> Forecast:
    return forecast(sample, tables=["d.a", "d.b"], bytes_in=bytes_in, rows_in=rows_in)


def past(rows_in: int, **given: object) -> Made:
    return replace(Made(rows_in, None, {}, None), **given)  # type: ignore[arg-type]


def test_without_a_past_only_what_was_counted_is_known() -> None:
    nothing = {"d.a": None, "d.b": None}
    assert of([], 7) == Forecast(7, estimated=False, tables=nothing, growth=None, sample=0)
    assert of([], None, 100) == Forecast(None, estimated=False, tables=nothing, growth=None, sample=0)


def test_epochs_without_rows_tell_nothing() -> None:
    assert of([past(0, bytes_in=0, growth=Size(0, 0))] * 3, None, 100).rows_in is None
    found = of([past(0, growth=Size(0, 0))], 5)
    assert (found.tables["d.a"], found.growth) == (None, None)


def test_every_input_row_weighs_the_same() -> None:
    """A large epoch tells more than a small one; a table that an epoch did not touch got nothing from it."""
    small = past(10, bytes_in=100, tables={"d.a": Written(1, Size(10, 1000))}, growth=Size(10, 500))
    large = past(90, bytes_in=900, tables={"d.a": Written(2, Size(10, 1000))}, growth=Size(-5, 0))
    found = of([small, large], None, 500)
    assert (found.rows_in, found.estimated, found.sample) == (50, True, 2)
    assert found.tables == {"d.a": Written(2, Size(10, 1000)), "d.b": Written(0, Size(0, 0))}
    assert found.growth == Size(3, 250)  # 2.5 and 1.5 are rounded up
    assert of([past(2, growth=Size(-3, -3))], 1).growth == Size(-1, -1)


def test_unknown_parts_are_left_out_one_by_one() -> None:
    """An epoch whose files or parent are forgotten still tells the rest."""
    whole = past(10, bytes_in=100, growth=Size(10, 10))
    forgotten = past(1000, tables={"d.a": Written(1, Size(1010, 0))})
    found = of([whole, forgotten], None, 100)
    assert (found.rows_in, found.growth, found.tables["d.a"]) == (10, Size(10, 10), Written(1, Size(10, 0)))


@given(samples, rows, st.randoms(use_true_random=False))
def test_the_order_of_the_past_does_not_matter(sample: list[Made], rows_in: int, random: object) -> None:
    mixed = list(sample)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert of(mixed, rows_in) == of(sample, rows_in)


@given(samples, rows)
def test_an_estimate_lies_between_what_the_epochs_did(sample: list[Made], rows_in: int) -> None:
    """Per row, with half a row or byte for rounding."""
    found = of(sample, rows_in).tables["d.a"]
    of_rows = [m for m in sample if m.rows_in]
    assert (found is None) == (not of_rows)
    if found and len(of_rows) == len(sample):  # rows out of nothing would have no bound
        ratios = [Fraction(m.tables["d.a"].size.rows if "d.a" in m.tables else 0, m.rows_in) for m in sample]
        half = Fraction(1, 2)
        assert min(ratios) * rows_in - half <= found.size.rows <= max(ratios) * rows_in + half
        touched = [m.tables["d.a"].partitions if "d.a" in m.tables else 0 for m in sample]
        assert min(touched) <= found.partitions <= max(touched)


@given(pasts.filter(lambda m: m.rows_in and m.bytes_in), st.integers(1, 10))
def test_the_same_epoch_again_is_foretold_exactly(once: Made, times: int) -> None:
    found = of([once] * times, None, once.bytes_in or 0)
    assert (found.rows_in, found.growth, found.estimated) == (once.rows_in, once.growth, True)
    assert found.tables == {t: once.tables.get(t, Written(0, Size(0, 0))) for t in ("d.a", "d.b")}


def test_a_manifest_tells_what_its_epoch_wrote_and_by_how_much_the_state_grew() -> None:
    def part(table: str, value: str, *files: tuple[int, int]) -> StagedPartition:
        return make.partition(table, value, files=[make.data_file(rows=r, size=b) for r, b in files])

    def run(count: int) -> StateRun:
        return make.state_run(rows=count, size=10 * count)

    manifest = make.manifest(
        part("d.a", "1", (3, 30), (4, 40)),
        part("d.b", "1", (5, 50)),
        part("d.b", "2", (6, 60)),
        state=(run(7), run(2)),
        counts=make.counts(rows_in=20),
    )
    tables = {"d.a": Written(1, Size(7, 70)), "d.b": Written(2, Size(11, 110))}
    assert made(manifest, before=(run(4), run(8)), bytes_in=9) == Made(20, 9, tables, Size(-3, -30))
    assert made(manifest, before=(), bytes_in=9) == Made(20, 9, tables, Size(9, 90))
    assert made(manifest, before=None, bytes_in=None) == Made(20, None, tables, None)
