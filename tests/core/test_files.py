"""Files are replaced whole or not at all, and never over somebody's changes."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bait_core.cli.system_errors import as_user_error
from bait_core.files import replace_file, replace_unchanged, require_replaceable, write_beside


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Lists.lean"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def test_what_is_unchanged_is_replaced_and_keeps_its_permissions(file):
    assert replace_unchanged(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_what_was_changed_is_not_replaced(file):
    assert not replace_unchanged(file, b"older", b"new")
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]


def test_what_is_gone_is_not_made_again(file):
    file.unlink()
    with pytest.raises(FileNotFoundError):
        replace_unchanged(file, b"old", b"new")
    assert list(file.parent.iterdir()) == []


def test_a_file_that_can_be_replaced_is_not_touched_by_asking(file):
    before = file.stat()
    require_replaceable(file)
    require_replaceable(file.with_name("New.lean"))
    assert file.stat() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "it is a folder"),
        ("read-only", "it is read-only"),
        ("missing/Out.lean", "there is no folder"),
        ("pipe", "it is not a regular file"),
        ("read-only/Out.lean", "Not a directory"),
        (300 * "x", "name too long"),
    ],
    ids=["folder", "read-only", "missing folder", "pipe", "below a file", "long"],
)
def test_a_file_that_can_not_be_replaced_is_known_before(tmp_path, name, message):
    (tmp_path / "read-only").write_text("x")
    (tmp_path / "read-only").chmod(0o444)
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match=message):
        require_replaceable(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_file_can_be_kept_any_number_of_times(file):
    kept = [write_beside(file, "filled", b"%d" % number) for number in range(3)]
    names = [path.name for path in kept]
    assert names == ["Lists.filled.lean", "Lists.filled-2.lean", "Lists.filled-3.lean"]
    assert [path.read_bytes() for path in kept] == [b"0", b"1", b"2"]
    assert file.read_bytes() == b"old"


def test_a_failure_leaves_the_old_content(file):
    def content():
        yield b"half"
        raise InterruptedError

    with pytest.raises(InterruptedError):
        replace_file(file, content())
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]


def test_a_full_disk_leaves_nothing_beside(file):
    """A limit on the size of files stands for the disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path;"
        "from bait_core.files import write_beside;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: write_beside(Path(sys.argv[1]), 'filled', 100 * b'x')\n"
        "except OSError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, file], capture_output=True, text=True, check=True
    )
    assert "File too large" in done.stdout
    assert list(file.parent.iterdir()) == [file]


def test_what_the_system_refuses_is_told_with_what_to_do():
    told = as_user_error(OSError(errno.EROFS, "Read-only file system", "/cdrom/runs"))
    assert told is not None
    assert told.message == "/cdrom/runs: Read-only file system"
    assert "writable" in told.hint
    assert as_user_error(FileNotFoundError(errno.ENOENT, "none", "lost")) is None  # may be a bug
