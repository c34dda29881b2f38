"""The key that signs links and cookies: made on the first start, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from knowledge_base.errors import StorageUnavailable

KEY_FILE = "secret.key"
KEY_BYTES = 32


def signing_key(home: Path) -> str:
    """Read the key of a data folder, making it if need be (mode 0600).

    Raises StorageUnavailable where the file can be neither read nor written, or holds no key.
    """
    file = home / KEY_FILE
    try:
        home.mkdir(parents=True, mode=0o700, exist_ok=True)
        _make_once(file)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageUnavailable(f"{file} cannot be used: {error}; make the data folder writable") from error
    if len(key) < KEY_BYTES:
        raise StorageUnavailable(f"{file} holds no key; delete it, a new one is made and everybody signs in again")
    return key


def _make_once(file: Path) -> None:
    """Write a whole key under another name first: a second process never reads half of one."""
    if file.exists():
        return
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
