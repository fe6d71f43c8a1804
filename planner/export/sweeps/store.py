"""Where the blocks of a sweep wait until all are there, and the file that is made of them.

Blocks lie beside the target in a folder ``OUT.part``, each a file of its own, written whole or not at all. A
note in the folder says which sweep they are of. Killed at whatever moment, the same sweep goes on with the
blocks that are missing; the file is made of all of them in their order, so that it is the same to the byte.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

from planner.errors import PlannerError
from planner.export.guard import guarded
from planner.export.sweeps.blocks import META_KEY, Sweep, is_block, schema_of, unpacked
from planner.scenario.causes import cause_of
from planner.scenario.files import sync_folder

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET: Final = ".parquet"
CSV: Final = ".csv"
ENDINGS: Final = (PARQUET, CSV)

_NOTE: Final = "sweep.json"
_LOCK: Final = "lock"
_FRESH: Final = ".fresh"


class PartStore:
    """The blocks of one sweep on their way to one file; a context that no second process enters.

    Parameters
    ----------
    target : Path
        The file to make.
    sweep : Sweep
        What its blocks are of.
    restart : bool
        Whether to throw away blocks of another sweep that are in the way.
    """

    def __init__(self, target: Path, sweep: Sweep, *, restart: bool = False) -> None:
        self.target, self._sweep, self._restart = target, sweep, restart
        self.folder = target.with_name(f"{target.name}.part")
        self._gone = target.with_name(f"{target.name}.part.done")
        self._lock: IO[bytes] | None = None

    # -- the folder
    def __enter__(self) -> Self:
        """Open the folder, or make it.

        Raises
        ------
        PlannerError
            If it holds another sweep, another process writes there, or it cannot be written.
        """
        with _telling(self.target):
            shutil.rmtree(self._gone, ignore_errors=True)
            self.folder.mkdir(exist_ok=True)
            self._take_lock()
            try:
                self._keep_or_refuse()
                for left in self.folder.glob(f"*{_FRESH}"):
                    left.unlink()
            except BaseException:
                self._let_go()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder; one without a block goes as well."""
        self._let_go()
        if self.folder.is_dir() and not any(self.folder.glob("*.block")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        stream = (self.folder / _LOCK).open("ab")
        if not _locked(stream):
            stream.close()
            raise PlannerError(
                "sweep_busy",
                f"Another process is computing {self.target.name}.",
                "Wait until it has ended, or name another file.",
            )
        self._lock = stream

    def _keep_or_refuse(self) -> None:
        note = self.folder / _NOTE
        held = _note_of(note)
        if held == self._sweep.parts:
            return
        if any(self.folder.glob("*.block")) and not self._restart:
            apart = [name for name, digest in self._sweep.parts.items() if held.get(name) != digest]
            raise PlannerError(
                "another_sweep",
                f"{self.folder.name} holds blocks of another sweep: {' and '.join(apart)} changed since.",
                "Finish that sweep first, name another file, or add --restart to throw its blocks away.",
            )
        for block in self.folder.glob("*.block"):
            block.unlink()
        _write(note, json.dumps(self._sweep.parts, indent=2).encode())

    # -- blocks
    def done(self) -> list[int]:
        """Return the numbers of the blocks that are there."""
        return [number for number in range(self._sweep.blocks) if self._is_there(number)]

    def put(self, number: int, data: bytes) -> None:
        """Keep a block's bytes.

        Raises
        ------
        PlannerError
            If they cannot be written; the blocks before stay.
        """
        with _telling(self.target):
            _write(self._path(number), data)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.block"

    def _is_there(self, number: int) -> bool:
        path = self._path(number)
        return path.is_file() and is_block(path, self._sweep, number)

    def tables(self) -> Iterator[pa.Table]:
        """Yield the table of every block, in order.

        Raises
        ------
        PlannerError
            If one cannot be read any more; it is taken away, to be computed anew.
        """
        for number in range(self._sweep.blocks):
            path = self._path(number)
            table = unpacked(path.read_bytes(), self._sweep, number)
            if table is None:
                path.unlink()
                raise PlannerError("block_spoilt", f"{path} is spoilt.", "Run the same command again.")
            yield table

    # -- the file
    def assemble(self, watch: Callable[[pa.Table], None] = lambda _table: None) -> None:
        """Make the file of the blocks in one step, then take them away.

        Parameters
        ----------
        watch : callable
            Sees every table on its way.

        Raises
        ------
        PlannerError
            If it cannot be written; a file that was there is then as it was, and the blocks stay.
        """
        write = _write_csv if self.target.suffix.casefold() == CSV else _write_parquet
        fresh = self.folder / f"whole{_FRESH}"
        with _telling(self.target):
            try:
                with fresh.open("wb") as stream:
                    write(stream, self._sweep, _watched(self.tables(), watch))
                    stream.flush()
                    os.fsync(stream.fileno())
                fresh.replace(self.target)
            except BaseException:
                with contextlib.suppress(OSError):
                    fresh.unlink(missing_ok=True)
                raise
            sync_folder(self.target.parent)
        self._drop()

    def _drop(self) -> None:
        """Take the folder away under another name first, so that a half-emptied one is never gone on with."""
        self._let_go()
        with contextlib.suppress(OSError):
            self.folder.rename(self._gone)
        shutil.rmtree(self._gone, ignore_errors=True)


def _watched(tables: Iterator[pa.Table], watch: Callable[[pa.Table], None]) -> Iterator[pa.Table]:
    for table in tables:
        watch(table)
        yield table


def metadata_of(sweep: Sweep) -> dict[bytes, bytes]:
    """Return what a Parquet file of a sweep says about itself."""
    return {META_KEY: json.dumps(sweep.description, sort_keys=True, ensure_ascii=False).encode()}


def _write_parquet(stream: IO[bytes], sweep: Sweep, tables: Iterator[pa.Table]) -> None:
    import pyarrow.parquet as pq

    schema = schema_of(sweep).with_metadata(metadata_of(sweep))
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for table in tables:  # a row group a block
            writer.write_table(table.cast(schema), row_group_size=len(table))


def _write_csv(stream: IO[bytes], sweep: Sweep, tables: Iterator[pa.Table]) -> None:
    import io

    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(guarded, schema_of(sweep).names))
    for table in tables:
        columns = [_written(column) for column in table.columns]
        writer.writerows(zip(*columns, strict=True))
    text.detach()


def _written(column: Any) -> list[Any]:
    """Return a column as CSV cells: no figure is an empty cell, a flag is true or false."""
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else "" if value is None else value


def _write(path: Path, data: bytes) -> None:
    """Write a file whole, forced to disk, or not at all."""
    fresh = path.with_name(f"{path.name}{_FRESH}")
    try:
        with fresh.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _note_of(path: Path) -> dict[str, str]:
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


@contextlib.contextmanager
def _telling(target: Path) -> Iterator[None]:
    """Turn what the system says into what the user can act on."""
    try:
        yield
    except OSError as error:
        raise PlannerError(
            "not_written",
            f"{target.name} was not written: {cause_of(error)}.",
            "The blocks that are done are kept: make room, then run the same command again.",
        ) from error


def _locked(stream: IO[bytes]) -> bool:
    """Return whether this process may write here; where the system has no locks, any may."""
    try:
        import fcntl
    except ImportError:
        return _locked_on_windows(stream)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _locked_on_windows(stream: IO[bytes]) -> bool:
    import importlib

    msvcrt: Any = importlib.import_module("msvcrt")
    lock: Callable[[int, int, int], None] = msvcrt.locking
    try:
        lock(stream.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
