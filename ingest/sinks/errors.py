"""Why a sink cannot be written, in words."""

from __future__ import annotations

import errno

from knowledge_base.errors import StorageUnavailable


def unwritable(title: str, error: OSError) -> StorageUnavailable:
    """Say what happened to an output, and what to do; nothing of the batch was kept."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageUnavailable(f"the disk of {title} is full; free some space, then run the command again")
    if isinstance(error, PermissionError):
        return StorageUnavailable(f"{title} cannot be written: permission denied; check the folder's owner and mode")
    if isinstance(error, BrokenPipeError):
        return StorageUnavailable(f"nobody reads {title} any more; run the command again to go on")
    return StorageUnavailable(f"{title} cannot be written: {error.strerror or error}; name another file")
