"""Errors of the operating system that users can fix, as opposed to bugs."""

from __future__ import annotations

import errno
import os

from bait_core.errors import BaitError

_OTHER_PLACE = "Choose a writable location."
_ROOM = "Free some space, or choose another disk."
_FILES = "Raise the limit on open files, for example with `ulimit -n 4096`, or use fewer workers."
_HINTS = {
    errno.EROFS: _OTHER_PLACE,
    errno.EACCES: _OTHER_PLACE,
    errno.EPERM: _OTHER_PLACE,
    errno.EEXIST: "There is a file where a folder is needed: choose another folder.",
    errno.ENOTDIR: "There is a file where a folder is needed: choose another folder.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
}


def as_user_error(error: OSError) -> BaitError | None:
    """The error to show to the user; None if it may be a bug."""
    if error.errno not in _HINTS:
        return None
    reason = os.strerror(error.errno)
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return BaitError(f"{place}{reason}", hint=_HINTS[error.errno])
