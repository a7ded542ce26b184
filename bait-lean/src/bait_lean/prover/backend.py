"""The two ways to run Lean, and the choice between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from bait_core import ProverStartError, StartupCrashError
from bait_core.processes import start_with_retries
from bait_lean import embedded
from bait_lean.embedded.install import Installation, find_installation
from bait_lean.embedded.node import node_executable
from bait_lean.embedded.package import LEAN_VERSION
from bait_lean.errors import ReplCrashError, ReplError
from bait_lean.native import lake
from bait_lean.native.checker import NativeChecker
from bait_lean.process.messages import CommandReply, ErrorReply, ReadyReply, parse
from bait_lean.process.repl import ReplProcess

SERVER = Path(embedded.__file__).parent / "server" / "main.cjs"
"""The program that runs the embedded Lean."""
_FIRST_SIGNAL_CODE = 128
"""Exit codes from here on tell that a signal ended a program's child."""


class Backend(Protocol):
    """A way to run Lean. Processes may be started from several threads."""

    @property
    def has_extensions(self) -> bool:
        """Whether its processes understand the extensions of the embedded server."""
        ...

    def checker(self, seconds: float) -> NativeChecker | None:
        """What reports on texts, where its processes don't do so themselves.

        Args:
            seconds: How long each of its steps may take.
        """
        ...

    def start(self) -> ReplProcess:
        """A process that is ready for requests.

        Raises:
            ProverStartError: It does not start.
        """
        ...

    def describe(self) -> str:
        """Which Lean, and where, in one line for users."""
        ...


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """Which Lean to run.

    Attributes:
        backend: `auto` takes the native one if everything that it needs is there.
        project: A folder in the Lake project to use; None for the current one.
        repl: The REPL's executable for the native backend.
        build_repl: Let lean-interact fetch and build the REPL.
        memory_limit: Bytes that a process may have resident; None for no limit.
        start_timeout: Seconds that a process may take to start.
    """

    backend: Literal["auto", "embedded", "native"] = "auto"
    project: Path | None = None
    repl: Path | None = None
    build_repl: bool = False
    memory_limit: int | None = None
    start_timeout: float = 120.0

    @property
    def folder(self) -> Path:
        """Where a Lake project is looked for, there and above."""
        return self.project or Path.cwd()

    @property
    def wants_native(self) -> bool:
        """Whether only the native one will do."""
        asked = self.repl is not None or self.build_repl
        return self.backend == "native" or (self.backend == "auto" and asked)


@dataclass(frozen=True, slots=True)
class EmbeddedBackend:
    """The WebAssembly build of Lean, with BAIT's own server.

    Attributes:
        installation: Where it is.
        memory_limit: Bytes that a process may have resident.
        start_timeout: Seconds that a process may take to start.
    """

    installation: Installation
    memory_limit: int | None = None
    start_timeout: float = 120.0

    has_extensions = True

    def checker(self, seconds: float) -> None:
        """None: the server makes reports."""

    def start(self) -> ReplProcess:
        """A server that has passed its self-test.

        Raises:
            StartupCrashError: It is killed each time that it starts.
            ProverStartError: It is damaged, does not start, or fails its self-test.
        """
        self.installation.require_intact()
        return start_with_retries(self._start)

    def _start(self) -> ReplProcess:
        command = (str(node_executable()), str(SERVER), "--lean", str(self.installation.folder))
        process = ReplProcess(command, memory_limit=self.memory_limit)
        try:
            reply = parse(process.receive(self.start_timeout), ReadyReply)
        except ReplError as error:
            process.close()
            _raise_if_killed("the embedded Lean", error)
            raise ProverStartError(
                f"the embedded Lean did not start: {error.message}",
                hint="`bait lean verify` looks for damage; `bait lean install` repairs it.",
            ) from error
        if isinstance(reply, ErrorReply):
            process.close()
            raise ProverStartError(f"the embedded Lean failed its self-test: {reply.message}")
        return process

    def describe(self) -> str:
        """Version and folder."""
        return f"embedded Lean {LEAN_VERSION} in {self.installation.folder}"


@dataclass(frozen=True, slots=True)
class NativeBackend:
    """The Lean of a Lake project, through a REPL that was built for its toolchain.

    Attributes:
        project: The project's folder.
        repl: The REPL's executable.
        memory_limit: Bytes that the processes may have resident.
        start_timeout: Seconds that a process may take to start.
    """

    project: Path
    repl: Path
    memory_limit: int | None = None
    start_timeout: float = 120.0

    has_extensions = False

    def checker(self, seconds: float) -> NativeChecker:
        """Compiles texts with the project's Lean."""
        return NativeChecker(self.project, seconds=seconds, memory_limit=self.memory_limit)

    def start(self) -> ReplProcess:
        """A REPL that has answered an empty command.

        Raises:
            ProverStartError: It does not start.
        """
        lake.require_lake()
        return start_with_retries(self._start)

    def _start(self) -> ReplProcess:
        process = ReplProcess(
            ("lake", "env", str(self.repl)), cwd=self.project, memory_limit=self.memory_limit
        )
        try:
            reply = parse(process.request({"cmd": ""}, self.start_timeout), CommandReply)
        except ReplError as error:
            process.close()
            _raise_if_killed(f"the REPL {self.repl}", error)
            raise ProverStartError(
                f"the REPL {self.repl} did not start: {error.message}",
                hint=f"See what `lake env {self.repl}` says in {self.project}.",
            ) from error
        if isinstance(reply, ErrorReply):
            process.close()
            raise ProverStartError(
                f"the REPL {self.repl} does not accept commands: {reply.message}"
            )
        return process

    def describe(self) -> str:
        """Toolchain, project and REPL."""
        return f"{lake.toolchain(self.project)} in {self.project}, through {self.repl}"


def _raise_if_killed(prover: str, error: ReplError) -> None:
    """Raise StartupCrashError where a prover was killed, or ran out of memory, while it started."""
    if not isinstance(error, ReplCrashError):
        return
    was_killed = error.exit_code is None or not 0 <= error.exit_code < _FIRST_SIGNAL_CODE
    if was_killed or "memory" in error.stderr.lower():
        raise StartupCrashError(
            f"{prover} died while it started: {error.message}",
            hint="Memory may be short: use fewer workers, or end other programs.",
        ) from error


def choose(options: BackendOptions) -> Backend:
    """The backend that the options ask for.

    Raises:
        ProverStartError: What it needs is missing.
    """
    if options.wants_native or (options.backend == "auto" and _native_is_ready(options)):
        return _native(options)
    return _embedded(options)


def _native_is_ready(options: BackendOptions) -> bool:
    project = lake.find_project(options.folder)
    return project is not None and not lake.missing(project)


def _native(options: BackendOptions) -> NativeBackend:
    folder = options.folder
    project = lake.find_project(folder)
    if project is None:
        raise ProverStartError(
            f"{folder} is not in a Lake project: no `lean-toolchain` file is there or above",
            hint="Set `project` to a Lake project's folder, or `backend` to embedded.",
        )
    lake.require_lake()
    if options.build_repl and options.repl is None:
        repl = lake.build_repl(project)
    else:
        repl = lake.require_repl(project, options.repl)
    return NativeBackend(project, repl, options.memory_limit, options.start_timeout)


def _embedded(options: BackendOptions) -> EmbeddedBackend:
    installation = find_installation()
    if installation is None:
        raise ProverStartError(
            "Lean is not installed: found neither the embedded Lean nor a project's own",
            hint="Type `bait lean install`.",
        )
    return EmbeddedBackend(installation, options.memory_limit, options.start_timeout)
