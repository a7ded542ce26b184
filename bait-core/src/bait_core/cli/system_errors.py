"""What the operating system refuses that is the user's to mend, and no bug."""

from __future__ import annotations

import errno
import os

from bait_core.errors import BaitError

_OTHER_PLACE = "Choose a place that can be written."
_ROOM = "Free some space, or choose another disk."
_FILES = "Let more files be open at a time, for example `ulimit -n 4096`, or use fewer workers."
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


def told_to_user(error: OSError) -> BaitError | None:
    """What to tell the user of an error; None if it may well be a bug."""
    if error.errno not in _HINTS:
        return None
    reason = os.strerror(error.errno)
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return BaitError(f"{place}{reason}", hint=_HINTS[error.errno])
