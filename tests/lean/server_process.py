"""The embedded Lean server as a process that tests talk to, in the words of its protocol."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bait_lean import embedded
from bait_lean.embedded.install import find_installation
from bait_lean.embedded.node import node_executable

MAIN = Path(embedded.__file__).parent / "server" / "main.cjs"
PATIENCE = 240.0

Answer = dict[str, Any]


def lean_folder() -> Path | None:
    """BAIT_LEAN_DIR, or where the installer put Lean, or None."""
    if named := os.environ.get("BAIT_LEAN_DIR"):
        return Path(named)
    installation = find_installation()
    return installation.folder if installation else None


class LeanServer:
    """A server process; `ask` sends a request and returns its answer."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(node_executable()), str(MAIN), "--lean", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.greeting = self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def ask(self, **request: Any) -> Answer:
        return self.send(json.dumps(request).encode() + b"\n\n")

    def send(self, data: bytes) -> Answer:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()
        return self.read()

    def read(self) -> Answer:
        assert self._process.stdout is not None
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            for line in self._process.stdout:
                if line.strip():
                    answer: Answer = json.loads(line)
                    return answer
        finally:
            watchdog.cancel()
        raise EOFError(f"the server ended with status {self._process.wait()}")

    def close_input(self) -> int:
        """Ends the input and returns the exit status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(PATIENCE)

    def wait(self) -> int:
        return self._process.wait(PATIENCE)

    def hole(self, statement: str, **request: Any) -> Answer:
        """The sorry of `STATEMENT := by sorry`."""
        answer = self.ask(cmd=f"{statement} := by\n  sorry", parts=True, **request)
        assert "sorries" in answer, answer
        hole: Answer = answer["sorries"][-1]
        return hole

    def step(self, hole: Answer | int, tactic: str, **request: Any) -> Answer:
        number = hole if isinstance(hole, int) else hole["proofState"]
        return self.ask(tactic=tactic, proofState=number, **request)

    def key(self, statement: str, *tactics: str, **request: Any) -> str:
        """The key of the only part after some tactics."""
        state = self.hole(statement, **request)
        for tactic in tactics:
            state = self.step(state, tactic, parts=True)
            assert "message" not in state, state
        (part,) = state["parts"]
        key: str = part["key"]
        return key
