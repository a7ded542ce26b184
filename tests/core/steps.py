"""The plugin `steps` for tests of whole runs: `bait prove FILE.steps` counts down.

Each line of the file, `NAME NUMBER`, is a theorem that takes NUMBER tactics, and once it is filled
`NAME NUMBER: NUMBER steps`. `NAME NUMBER @OTHER` rests on another theorem of the file, `NAME NUMBER
!AXIOM` on an axiom. Other lines begin with `--`. What a name begins with says what else happens:
`kill-...` kills the process that searches, each time; `refused-...` is not accepted in the file;
`broken-...` is too much for the environment there.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bait_core.domain import (
    NO_PREMISES,
    CheckResult,
    Edit,
    Failed,
    FailureKind,
    FilledFile,
    Foundations,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Proved,
    Subgoals,
    Suggestion,
    Theorem,
    Verification,
)
from bait_core.errors import FillError, StartupCrashError, TheoremError
from bait_core.merging import merge_edits
from bait_core.options import Options
from bait_core.plugins import EnvironmentSpec, PluginSpec, hookimpl
from bait_core.protocols import TacticRequest

STEPS = Path(__file__).read_text("utf-8")
"""The source of the plugin."""

BAIT_API = 1
MAIN_PROCESS = "STEPS_MAIN_PROCESS"


class StepsOptions(Options):
    file: Path
    only: tuple[str, ...] = ()
    allow_axioms: tuple[str, ...] = ()
    seconds: float = 0.005
    filling_seconds: float = 0.0
    starts_once: Path | None = None  # the prover dies at its start until this file is there
    trouble: str = ""  # at the start of a worker: "dies" or "raises"


@dataclass(frozen=True)
class Line:
    """A theorem of a file; `start` and `end` are its place."""

    number: int
    start: int
    end: int
    text: str

    @property
    def statement(self) -> str:
        return self.text.partition(":")[0]

    @property
    def name(self) -> str:
        return self.text.split()[0]

    @property
    def is_open(self) -> bool:
        return ":" not in self.text

    @property
    def is_right(self) -> bool:
        return self.text.partition(": ")[2] == f"{self.statement.split()[1]} steps"

    def named(self, sign: str) -> tuple[str, ...]:
        return tuple(word[1:] for word in self.statement.split() if word.startswith(sign))


def lines_of(text: str) -> list[Line]:
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    start = len(text) - len(text.removeprefix("\ufeff"))
    for number, line in enumerate(text[start:].split("\n"), start=1):
        content = line.removesuffix("\r")
        if content.strip() and not content.startswith("--"):
            yield Line(number, start, start + len(content), content)
        start += len(line) + 1


def foundations(line: Line, text: str) -> Foundations:
    """What a theorem rests on in a text."""
    others = {other.name: other for other in lines_of(text)}
    still_open = (others[name] for name in line.named("@") if others[name].is_open)
    return Foundations(line.named("!"), tuple(f"{o.name} (line {o.number})" for o in still_open))


def make_trouble(trouble: str) -> None:
    """Fail in a worker process; the main process is the first that comes here."""
    main_process = os.environ.setdefault(MAIN_PROCESS, str(os.getpid()))
    if main_process == str(os.getpid()):
        return
    if trouble == "dies":
        os._exit(3)
    raise TheoremError("the worker has no room for this", hint="Make some.")


class Steps:
    def __init__(self, options: StepsOptions) -> None:
        self.options = options
        if options.trouble:
            make_trouble(options.trouble)

    @cached_property
    def text(self) -> str:
        try:
            return self.options.file.read_bytes().decode()
        except OSError as error:
            raise TheoremError(f"{self.options.file} can't be read: {error.strerror}") from error

    def theorems(self) -> list[Theorem]:
        only = self.options.only
        return [
            self.theorem(line)
            for line in lines_of(self.text)
            if line.is_open and (not only or line.name in only)
        ]

    def theorem(self, line: Line) -> Theorem:
        return Theorem(line.name, line.statement, f"{self.options.file.name}:{line.number}:1")

    def start(self, theorem: Theorem) -> Session:
        needed = self.options.starts_once
        if needed is not None and not needed.exists():
            raise StartupCrashError("the counter died while it started: killed by signal 9")
        (line,) = [line for line in lines_of(self.text) if line.name == theorem.name]
        return Session(self, line)

    def fill(self, scripts: Mapping[str, str], current: str | None = None) -> FilledFile:
        time.sleep(self.options.filling_seconds)
        if any(name.startswith("broken-") for name in scripts):
            raise RuntimeError("a bug of the plugin")
        if refused := [name for name in scripts if name.startswith("refused-")]:
            raise FillError({name: f"{name} does not fit" for name in refused})
        edits = {
            line.name: Edit(line.end, line.end, f": {scripts[line.name]}")
            for line in lines_of(self.text)
            if line.name in scripts
        }
        original = self.text if current is None else current
        if current is not None:
            edits = merge_edits(self.text, edits, current)
        text = FilledFile(original, edits, {}).text
        found = {line.name: foundations(line, text) for line in lines_of(text)}
        return FilledFile(original, edits, {name: found[name] for name in edits})

    def verify(self) -> list[Verification]:
        return list(map(self._verify, lines_of(self.text)))

    def _verify(self, line: Line) -> Verification:
        found = foundations(line, self.text)
        message = ""
        if line.is_open:
            message = "it is open"
        elif not line.is_right:
            message = "the steps are wrong"
        elif forbidden := set(found.axioms) - set(self.options.allow_axioms):
            message = f"it rests on {', '.join(sorted(forbidden))}"
        elif found.open:
            message = f"it rests on what is open: {', '.join(found.open)}"
        return Verification(self.theorem(line), not message, found, message)

    def close(self) -> None:
        pass


class Session:
    def __init__(self, environment: Steps, line: Line) -> None:
        name, number, *_ = line.text.split()
        self.root = Goal(f"{name} {number}", number)
        self.environment = environment
        self.line = line

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        return [self.run(goal, tactic) for tactic in tactics]

    def run(self, goal: Goal, tactic: str) -> Outcome:
        time.sleep(self.environment.options.seconds)
        name, number = goal.key.split()
        if name.startswith("kill-"):
            os.kill(os.getpid(), signal.SIGKILL)
        if tactic != "step":
            return Failed(FailureKind.ERROR, "no")
        rest = int(number) - 1
        return Subgoals((Goal(f"{name} {rest}", str(rest)),)) if rest else Proved()

    def retrieve_premises(self, goal: Goal) -> PremiseSet:
        return NO_PREMISES

    def check(self, proof: Proof) -> CheckResult:
        found = foundations(self.line, self.environment.text)
        if forbidden := set(found.axioms) - set(self.environment.options.allow_axioms):
            return CheckResult(False, self.script(proof), f"it rests on {', '.join(forbidden)}")
        return CheckResult(True, self.script(proof), foundations=found)

    def script(self, proof: Proof) -> str:
        return f"{proof.size()} steps"

    def close(self) -> None:
        pass


class Model:
    def __init__(self, options: object) -> None:
        pass

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        return [[Suggestion("wait", -1.0), Suggestion("step", -2.0)] for _ in requests]


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            "steps",
            "Counts down",
            "MODULE:Steps",
            options="MODULE:StepsOptions",
            file_option="file",
            only_option="only",
            axioms_option="allow_axioms",
            file_suffixes=(".steps",),
            tactic_model="steps",
        )
    ]


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    return [PluginSpec("steps", "One step", "MODULE:Model")]
