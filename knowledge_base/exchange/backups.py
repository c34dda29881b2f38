"""Backups: all of a database in one file with its digest, made while Kea runs, put back whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy import delete, select
from sqlmodel import col

from knowledge_base.errors import Conflict, InputError, StorageUnavailable, UnreadableInput
from knowledge_base.exchange.contents import KEPT
from knowledge_base.exchange.copying import Progress, copy_in, copy_out
from knowledge_base.settings import Settings
from knowledge_base.store.accounts.account_tables import PersonRow, SessionRow, TrialRow
from knowledge_base.store.messages import inbox, outbox
from knowledge_base.store.schema import HEAD
from knowledge_base.store.store import Store
from knowledge_base.store.tables import LeaseRow

FORMAT = 1
DATABASE = "kea.db"
MANIFEST = "manifest.json"
LONGEST_MANIFEST = 1_000_000
CHUNK = 1 << 20
_LOOK = "look whether it is there before it is sent again"
_HIDDEN = frozenset({"database_url", "home", "model_dir"})
"""Settings that are of one machine, or may hold a password."""


class Manifest(BaseModel):
    """What a backup is; ``digest`` is the SHA-256 of its database, ``size`` the bytes of that."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: Literal["kea-backup"] = "kea-backup"
    format: Annotated[int, Field(ge=1)] = FORMAT
    schema_: str = Field(alias="schema", pattern=r"^[0-9]{4}$")
    at: AwareDatetime
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    settings: Mapping[str, str] = {}


def back_up(store: Store, settings: Settings, file: Path, now: datetime, progress: Progress) -> Manifest:
    """Write a backup of an open store to a file, which only its owner may read; a failed one leaves no file.

    Raises StorageUnavailable where it cannot be written.
    """
    part = file.with_name(file.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix=".kea-backup-", dir=file.parent) as folder:
            copy = Path(folder) / DATABASE
            copy_out(store, copy, progress)
            manifest = Manifest(
                schema=HEAD,
                at=now,
                digest=_digest(copy),
                size=copy.stat().st_size,
                settings=open_settings(settings),
            )
            with _private(part) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MANIFEST, manifest.model_dump_json(by_alias=True, indent=2))
                archive.write(copy, DATABASE)
                archive.close()
                out.flush()
                os.fsync(out.fileno())
        part.replace(file)
    except OSError as error:
        raise StorageUnavailable(f"the backup {file} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(store: Store, file: Path, progress: Progress, *, force: bool) -> Manifest:
    """Put a backup in place of what an open store holds, whole or not at all. A running Kea goes on with it.

    Nobody is signed in then. Deliveries that may have been made since the backup need somebody, who sends them again.
    Raises InputError where the file is no whole backup, Conflict where the store holds something and ``force`` is
    not set.
    """
    if not force and (held := _held(store)):
        raise Conflict(
            f"the database holds something already ({held}); --force puts the backup in its place,"
            " and nothing of what is there stays: make a backup of it first"
        )
    with tempfile.TemporaryDirectory(prefix="kea-restore-") as folder:
        copy = Path(folder) / DATABASE
        manifest = _unpack(file, copy)
        with Store(f"sqlite:///{copy}") as staged:
            _let_rest(staged, manifest.at, store.clock())
            copy_in(staged, store, progress)
    store.close()
    store.open()  # connections that were open may know of former tables
    return manifest


def read_manifest(file: Path) -> Manifest:
    """Tell what a backup is, without reading its database. Raises InputError."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _manifest(archive, file)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise _unreadable(file, error) from None


def open_settings(settings: Settings) -> dict[str, str]:
    """Name the settings that are set and are no secret, by their variables."""
    chosen = {name: getattr(settings, name) for name in sorted(settings.model_fields_set)}
    return {
        f"KEA_{name.upper()}": str(value)
        for name, value in chosen.items()
        if name not in _HIDDEN and value is not None and not isinstance(value, SecretStr)
    }


def _let_rest(staged: Store, at: datetime, now: datetime) -> None:
    """Leave out what held at that moment alone: who was signed in, who worked, what was about to be sent."""
    with staged.write() as db:
        for table in (SessionRow, TrialRow, LeaseRow):
            db.execute(delete(table))
        reason = f"a backup of {at:%Y-%m-%d %H:%M} UTC was put back; {_LOOK}"
        outbox.doubt(db, until=max(at, now), reason=reason)
        inbox.doubt(db, reason=reason)


def _held(store: Store) -> str:
    with store.read() as db:
        for kept in KEPT:
            found = None if kept.is_alone else db.execute(select(kept.table.c.project).limit(1)).scalar()
            if found is not None:
                return f"project {found!r}"
        return "accounts" if db.execute(select(col(PersonRow.id)).limit(1)).first() is not None else ""


def _unpack(file: Path, target: Path) -> Manifest:
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            if manifest.format > FORMAT or manifest.schema_ > HEAD:
                raise InputError(
                    f"{file} was written by a newer Kea (schema {manifest.schema_}, this one knows {HEAD}):"
                    " install that one"
                )
            if archive.getinfo(DATABASE).file_size != manifest.size:
                raise InputError(f"{file} is damaged: its database has not the size that it was written with")
            with archive.open(DATABASE) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, CHUNK)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError) as error:
        raise _unreadable(file, error) from None
    if _digest(target) != manifest.digest:
        raise InputError(f"{file} is damaged: its database is not the one that it was written with")
    _require_sound(file, target)
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
        raise InputError(f"{file} is no backup of Kea: {MANIFEST} is too long")
    try:
        return Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError:
        raise InputError(f"{file} is no backup of Kea: {MANIFEST} does not say what it is") from None


def _require_sound(file: Path, database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    finally:
        connection.close()
    if found != "ok":
        raise InputError(f"{file} is damaged: {found}")


def _unreadable(file: Path, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError):
        return UnreadableInput(f"{file} is not there; check the name")
    reason = getattr(error, "strerror", None) or "it is no whole file of `kea backup`"
    return UnreadableInput(f"{file} cannot be read: {reason}")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _private(file: Path) -> BinaryIO:
    """Make a file that only its owner may read."""
    file.unlink(missing_ok=True)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
