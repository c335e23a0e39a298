"""What becomes of a folder's files once the tables have them: they are deleted, or moved to where they are still read.

Every step may be repeated. A file that is not exactly what was read is left where it is.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path

from tidegate.adapters.files.detail import FileDetail
from tidegate.adapters.files.listing import AT_ONCE, Listing
from tidegate.adapters.files.places import Places
from tidegate.api.after_sealed import AfterSealed, overlapping
from tidegate.errors import ConfigurationError
from tidegate.ports import Entries
from tidegate.protocol.model import Slice
from tidegate.protocol.spelling import spelled


class FileRetiring:
    """Implements `ports.Retiring` for a FileSource with `after_sealed`.

    Args:
        after: the setting.
        places: of the folder.
        listing: finds what is there.
        pipeline: for errors.
    """

    def __init__(self, after: AfterSealed, places: Places, listing: Listing, pipeline: str) -> None:
        self._after = after
        self._places = places
        self._listing = listing
        self._pipeline = pipeline

    @property
    def keeps_ms(self) -> int:
        """By the setting."""
        return self._after.keep_for // timedelta(milliseconds=1)

    @property
    def regardless_of(self) -> tuple[str, ...]:
        """By the setting."""
        return self._after.regardless_of

    def check(self) -> None:
        """Raise ConfigurationError when files could not be moved: looked at before anything is read."""
        to, folder = self._places.moved_to, self._places.folder
        if to is None:
            return
        try:
            apart = os.stat(to).st_dev != os.stat(folder).st_dev  # noqa: PTH116
        except OSError as e:
            raise ConfigurationError(
                f"{self._pipeline}: files of {folder} cannot be moved to {to}: {e}; make or mount it, or correct "
                "Move(to=…)"
            ) from e
        if apart or overlapping(os.path.realpath(to), os.path.realpath(folder)):
            how = "is on another file system than" if apart else "lies in, or around,"
            raise ConfigurationError(
                f"{self._pipeline}: files cannot be moved to {to}, which {how} the source's folder {folder}: choose "
                "another folder for Move(to=…)"
            )

    def present(self, entries: Entries) -> Iterator[list[Slice]]:
        """The slices whose files are there, as many at once as are asked for; see the port."""
        self.check()
        paths = self._listing.paths()
        while batch := list(islice(paths, AT_ONCE)):
            yield entries(batch)

    def retire(self, slices: Sequence[Slice], *, dry_run: bool) -> dict[str, str]:
        """Delete or move the files; see the port."""
        found = ((s.key, self._retire(s, dry_run)) for s in slices)
        return {key: f"{spelled(key)} is left where it is: {why}" for key, why in found if why}

    def _retire(self, slice_: Slice, dry_run: bool) -> str | None:
        """Why the file is left; None when it is gone, or would be."""
        path = slice_.key
        try:
            info = os.lstat(path)
            if not stat.S_ISREG(info.st_mode) or FileDetail.found(info) != FileDetail.of(slice_):
                return "it is not the file that was read"
            if dry_run:
                return None
            moved = self._places.moved(path)
            if moved is None:
                os.unlink(path)  # noqa: PTH108  (thousands of files: no Path objects)
                return None
            return _move(path, moved)
        except FileNotFoundError:
            return None
        except OSError as e:
            return str(e)


def _move(path: str, to: str) -> str | None:
    """Rename a file to a name that is free. What an attempt leaves that dies in between is an empty file there."""
    Path(to).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL, 0o600))  # ours alone, so nothing is overwritten
    except FileExistsError:
        there = os.lstat(to)
        if not stat.S_ISREG(there.st_mode) or there.st_size:
            return f"there is a file {spelled(to)} already"
    try:
        os.rename(path, to)  # noqa: PTH104
    except OSError:
        with suppress(OSError):
            os.unlink(to)  # noqa: PTH108
        raise
    return None
