"""What must hold: an auditor who compares what readers see with what the source says.

Readers know the metastore and storage. The checkpoint is looked at only to know how many files should be visible by
now, and for what it promises about itself.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from model.attempts import CHANGED, advance
from model.automata import SOURCE_OF_CLONE, Node, Point, World
from model.systems import CHECKPOINT, CLONE, EMPTY, METASTORE, STORAGE, Row, files_in
from model.tables import Tables
from tidegate.api.settings import Mode
from tidegate.engine.verify import verify
from tidegate.protocol.conservation import contradiction
from tidegate.protocol.model import MAIN_LANE, Manifest, OffsetRange
from tidegate.protocol.transitions import TRANSITIONS

Rows = tuple[tuple[Any, ...], ...]
Locations = dict[tuple[str, tuple[str, ...]], str]

_DONE = ("PUBLISHED", "SEALED")
_MOVES = {(str(a), str(b)) for (a, _), b in TRANSITIONS.items()}


class Violation(Exception):  # noqa: N818  (what is looked for, not an error)
    """An invariant does not hold."""


class Auditor:
    """Checks each state of the world, and each change, once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._targets = world.worker.definition.targets
        files = world.source.files
        self._expected = {t.name: [_expected(files[:k], t.mode) for k in range(len(files) + 1)] for t in self._targets}
        self._whole = {t: {rows: k for k, rows in enumerate(per)} for t, per in self._expected.items()}
        self._seen: dict[tuple[int, int, int], tuple[dict[str, int | None], tuple[str, ...], int | None]] = {}
        self._placed: dict[tuple[int, int], bool] = {}
        self._changes: set[tuple[int, int, int]] = set()

    # -- what readers see ---------------------------------------------------------------------------------------------

    def swapping(self, point: Point) -> bool:
        """True while an epoch is STAGED: an attempt may have swapped, and the heads do not say so yet."""
        return any(r["status"] == "STAGED" for r in self._world.tables(point[CHECKPOINT]).main)

    def in_place(self, point: Point) -> bool:
        """True when the metastore is exactly what the heads say."""
        key = point[CHECKPOINT], point[METASTORE]
        if key not in self._placed:
            heads = self._world.tables(key[0]).heads
            placed = self._world.state(point, METASTORE)
            self._placed[key] = {place: at for place, at in placed if place[0] != CLONE} == {
                k: r["location"] for k, r in heads.items()
            }
        return self._placed[key]

    def readers(self, point: Point, *, late: bool) -> None:
        """I2: each table shows the first k files' rows, for the k that the checkpoint allows.

        After a superseded attempt's swap (`late`) and until it is put back, k may be smaller.
        """
        rows = self._world.tables(point[CHECKPOINT]).main
        done = self.done(point)
        allowed = {done} | {_range(r).stop for r in rows if r["status"] == "STAGED"}
        most = max((_range(r).stop for r in rows if r["status"] != "PLANNED"), default=0)
        seen, missing, replayed = self._look(point)
        promoted = {_range(r).stop for r in rows if r["kind"] == "PROMOTION" and r["status"] in _DONE} or {0}
        promoted |= {_range(r).stop for r in rows if r["kind"] == "PROMOTION" and r["status"] == "STAGED"}
        self._clone(point)
        if replayed not in promoted and not late:
            raise Violation(f"I2: readers see the lane's rows of {replayed} files, not of {promoted}")
        if missing and not late:
            raise Violation(f"I6: readers are sent to {missing[0]}, where nothing is")
        for table, files in seen.items():
            if files is None and not (late and missing):
                raise Violation(f"I2: readers of {table} see parts of epochs: {self._shown(point, table)}")
            if files is not None and files not in allowed and not (late and files <= most):
                raise Violation(
                    f"I4: readers of {table} see {files} files, the checkpoint says {done} of them are done"
                )

    def _clone(self, point: Point) -> None:
        """I2: readers of the clone see its table as of its epoch, each of which took one file, or nothing yet."""
        placed: Locations = {p: at for p, at in self._world.state(point, METASTORE) if p[0] == CLONE and p[1]}
        noted = self._world.tables(point[CHECKPOINT]).clones.get(CLONE)
        if not placed:
            return
        rows = _rows(self._world.state(point, STORAGE), list(placed.values()))
        found = self._whole[SOURCE_OF_CLONE].get(rows)
        if found is None or (noted and found != noted["epoch"]):
            raise Violation(f"I2: readers of the clone see {rows}, which is not {noted}")

    def noted(self, point: Point) -> None:
        """I6: when all is over there is no clone's table without a note that keeps its files."""
        made = (CLONE, ()) in dict(self._world.state(point, METASTORE))
        if made and CLONE not in self._world.tables(point[CHECKPOINT]).clones:
            raise Violation("I6: a clone's table is left, though nothing keeps its files")

    def done(self, point: Point) -> int:
        """How many files the newest published epoch says are done."""
        rows = [r for r in self._world.tables(point[CHECKPOINT]).main if r["status"] in _DONE]
        return _range(max(rows, key=lambda r: r["epoch"])).stop if rows else 0

    def finished(self, point: Point, *, files: int) -> None:
        """Every table shows exactly the first `files` files."""
        for table, seen in self._look(point)[0].items():
            if seen != files:
                raise Violation(f"I1: {table} shows {seen} of {files} files: {self._shown(point, table)}")

    def _look(self, point: Point) -> tuple[dict[str, int | None], tuple[str, ...], int | None]:
        key = 0, point[METASTORE], point[STORAGE]
        if key not in self._seen:
            placed: Locations = dict(self._world.state(point, METASTORE))
            stored = self._world.state(point, STORAGE)
            missing = [
                at
                for (_, values), at in placed.items()
                if values and not files_in(stored, at) and not at.endswith((EMPTY, "/empty"))
            ]
            seen = {
                t.name: self._whole[t.name].get(_rows(stored, [at for (n, _), at in placed.items() if n == t.name]))
                for t in self._targets
            }
            self._seen[key] = seen, tuple(missing), self._replayed(placed, stored)
        return self._seen[key]

    def _replayed(self, placed: Locations, stored: Any) -> int | None:
        """Of how many files, the first ones, the append tables show what a lane made; None when of none in a row."""
        names = {t.name for t in self._targets if t.mode is Mode.APPEND}
        marked = _marked(stored, [at for (name, _), at in placed.items() if name in names])
        for k, files in enumerate([self._world.source.files[:k] for k in range(len(self._world.source.files) + 1)]):
            if marked == {row["id"] for file in files for row in file}:
                return k
        return None

    def _shown(self, point: Point, table: str) -> str:
        placed = self._world.state(point, METASTORE)
        return ", ".join(
            f"{'/'.join(v)} at {at.partition('lane=main/')[2] or at}" for (t, v), at in placed if t == table
        )

    # -- what the checkpoint promises ---------------------------------------------------------------------------------

    def change(self, before: int, after: int, point: Point) -> None:
        """I1, I4, I5: each epoch moves along the diagram, keeps its manifest, and starts where the last one ended."""
        key = before, after, point[STORAGE]
        if key in self._changes:
            return
        self._changes.add(key)
        old, new = self._world.tables(before), self._world.tables(after)
        for lane in old.lanes:
            if new.fence(lane) < old.fence(lane):
                raise Violation(f"I4: the fence of {lane} went from {old.fence(lane)} to {new.fence(lane)}")
        for number, row in new.epochs.items():
            was = old.epochs.get(number)
            if was is None:
                self._planned(new, row)
            elif was != row:
                self._moved(was, row, point)
        if old.heads != new.heads and not any(
            r["status"] == "PUBLISHED" and old.epochs[n]["status"] == "STAGED" for n, r in new.epochs.items()
        ):
            raise Violation("I2: heads changed without an epoch being published")
        sealed = sorted((r for r in new.main if r["status"] in _DONE), key=lambda r: r["epoch"])
        by_number = {r["epoch"]: r for r in sealed}
        for before_it, second in pairwise(sealed):
            first = by_number[second["restores"]] if second["kind"] == "ROLLBACK" else before_it
            if second["epoch"] == before_it["epoch"] + 1 and _range(second).start != _range(first).stop:
                raise Violation(f"I1: epoch {second['epoch']} does not start where epoch {first['epoch']} ended")

    def _planned(self, tables: Tables, row: Row) -> None:
        of_lane = [r for r in tables.epochs.values() if r["lane"] == row["lane"]]
        if sum(r["status"] not in ("SEALED", "ABANDONED") for r in of_lane) != 1:
            raise Violation("I1: two epochs are under way")
        if row["status"] != "PLANNED" or row["fence"] != (newest := tables.fence(row["lane"])):
            raise Violation(f"I4: epoch {row['epoch']} was planned by attempt {row['fence']} behind {newest}")
        if _range(row).size != (row["kind"] == "EVENTS"):
            raise Violation(f"I1: epoch {row['epoch']} takes {_range(row)}")

    def _moved(self, was: Row, row: Row, point: Point) -> None:
        name = f"epoch {row['epoch']}"
        if was["status"] != row["status"] and (was["status"], row["status"]) not in _MOVES:
            raise Violation(f"{name} went from {was['status']} to {row['status']}")
        if was["manifest_uri"] and was["manifest_uri"] != row["manifest_uri"]:
            raise Violation(f"I5: {name} got another manifest after it was STAGED")
        if any(was[k] != row[k] for k in ("offsets", "parent_uri", "run_key", "kind")):
            raise Violation(f"I1: what {name} was planned as has changed")
        if (was["status"], row["status"]) == ("PLANNED", "STAGED"):
            self._staged(name, row, point)

    def _staged(self, name: str, row: Row, point: Point) -> None:
        """I3 and I7: the manifest's files hold what the epoch's range makes, and its counts say so."""
        stored = self._world.state(point, STORAGE)
        if row["manifest_uri"] not in stored:
            raise Violation(f"I5: {name} was staged with a manifest that is not there")
        manifest = Manifest.from_json(stored[row["manifest_uri"]])
        for target in self._targets:
            per = self._expected[target.name]
            right: set[Any] = set(per[_range(row).stop])
            if target.mode is Mode.APPEND and row["kind"] == "EVENTS":
                right -= set(per[_range(row).start])
            locations = [p.location for p in manifest.partitions if p.table == target.name]
            rows = _rows(stored, locations)
            if row["kind"] == "EVENTS" and target.mode is Mode.APPEND and set(rows) != right:
                raise Violation(f"I3: {name} staged {rows} for {target.name}, not {sorted(right)}")
            if len(set(rows)) != len(rows) or not set(rows) <= right:
                raise Violation(f"I3: {name} staged {rows} for {target.name}, which are not all of {sorted(right)}")
        read = sum(len(f) for f in self._world.source.files[_range(row).start : _range(row).stop])
        counts = manifest.counts
        problem = contradiction(counts, transformed=False)
        if read != counts.rows_in or problem:
            raise Violation(f"I7: {name} read {read} rows and counts {counts}: {problem}")

    # -- calls --------------------------------------------------------------------------------------------------------

    def reads_input(self, node: Node, point: Point) -> None:
        """I5: the newest attempt computes only what is PLANNED. (An older one may still; nothing comes of it.)"""
        tables = self._world.tables(point[CHECKPOINT])
        given = dict(self._world.calls[node.call].kwargs)
        number, lane = given["epoch"], given["lane"]
        newest = max((g for of, e, g in tables.epochs if (of, e) == (lane, number)))
        status = tables.epochs[lane, number, newest]["status"]
        if node.fence == tables.fence(lane) and status != "PLANNED":
            raise Violation(f"I5: epoch {number} is computed again, though it is {status}")

    def deletes(self, node: Node, point: Point, *, late: bool) -> None:
        """I6: nothing is deleted that a reader, the next epoch or an unfinished one needs."""
        uri = self._world.calls[node.call].args[0]
        tables, stored = self._world.tables(point[CHECKPOINT]), self._world.state(point, STORAGE)
        if uri not in stored:
            return
        folder = uri.rpartition("/")[0]
        if not late and folder in dict(self._world.state(point, METASTORE)).values():
            raise Violation(f"I6: {uri} is deleted, where readers are sent")
        newest = max(
            (n for n, r in tables.epochs.items() if n[0] == MAIN_LANE and r["status"] == "SEALED"), default=None
        )
        for number, row in tables.epochs.items():
            if number != newest and row["status"] in ("SEALED", "ABANDONED"):
                continue
            lane, epoch, fence = row["lane"], row["epoch"], row["fence"]
            planned = row["status"] == "PLANNED" and fence != node.fences.get(
                lane
            )  # an attempt may sweep its own folder
            if planned and all(part in uri for part in (f"/lane={lane}/", f"/epoch={epoch}/", f"/attempt={fence}/")):
                raise Violation(f"I6: {uri} is deleted, which an attempt may be writing")
            if row["manifest_uri"] and uri in _needed(row["manifest_uri"], stored):
                raise Violation(f"I6: {uri} is deleted, which epoch {number[1]} needs")
        if any(uri in _needed(row["manifest_uri"], stored) for row in tables.clones.values()):
            raise Violation(f"I6: {uri} is deleted, which a clone needs")

    def verified(self, point: Point) -> None:
        """`tidegate verify` has nothing to say."""

        def ask(system: int, method: str, *args: Any, **kwargs: Any) -> Any:
            return self._world.systems[system].apply(self._world.state(point, system), method, args, kwargs)[1]

        worker = self._world.worker
        found = verify(worker.definition, worker.adapters(ask), progress=lambda _: None, checksums=True)
        if found:
            raise Violation(f"verify: {found[0].subject}: {found[0].problem}")


def _needed(manifest_uri: str, stored: Any) -> Iterator[str]:
    yield manifest_uri
    manifest = Manifest.from_json(stored[manifest_uri])
    yield from (run.path for run in manifest.state)
    yield from (file.path for partition in manifest.partitions for file in partition.files)


_PARSED: dict[bytes, list[tuple[Any, ...]]] = {}


def _range(row: Row) -> OffsetRange:
    """What an epoch takes of the one source."""
    ((_, ends),) = row["offsets"].items()
    return OffsetRange(*ends)


def _rows(stored: Any, locations: Sequence[str]) -> Rows:
    """The rows of some partitions, sorted."""
    rows: list[tuple[Any, ...]] = []
    for location in locations:
        for uri in files_in(stored, location):
            data = stored[uri]
            if data not in _PARSED:
                _PARSED[data] = [_plain(row) for row in json.loads(data)]
            rows += _PARSED[data]
    return tuple(sorted(rows))


def _plain(row: Row) -> tuple[Any, ...]:
    return row["id"], row["key"], row["day"], row["total"] % CHANGED


def _marked(stored: Any, locations: Sequence[str]) -> set[int]:
    """The ids of the rows that a lane made."""
    rows = (row for at in locations for uri in files_in(stored, at) for row in json.loads(stored[uri]))
    return {row["id"] for row in rows if row["total"] >= CHANGED}


def _expected(files: Sequence[Sequence[Row]], mode: Mode) -> Rows:
    """What a table must show after some files: every row, or the last one of each key."""
    rows, _ = advance([row for file in files for row in file], [])
    if mode is Mode.UPSERT:
        rows = list({(row["key"], row["day"]): row for row in rows}.values())
    return tuple(sorted(_plain(row) for row in rows))
