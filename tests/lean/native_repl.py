"""A plain REPL, as a Lake project's own would be: the embedded Lean without its extensions.

It is silent until asked, understands commands and tactics only, ignores what it does not know,
and indents its answers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from bait_lean.errors import ReplError
from bait_lean.prover.backend import BackendOptions, choose

REQUEST_KEYS = {"cmd", "env", "tactic", "proofState"}
EXTENSIONS = {"parts", "timeout", "forbidden", "fatal"}
LIMIT = 600.0


def requests() -> Iterator[dict[str, Any]]:
    """The requests on standard input, each ended by a blank line."""
    lines: list[str] = []
    for line in sys.stdin:
        if line.strip():
            lines.append(line)
        elif lines:
            yield json.loads("".join(lines))
            lines = []


def plain(value: Any) -> Any:
    """The value without the keys that only the embedded server knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in EXTENSIONS}
    return [plain(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    """Answer until standard input ends; exit with 1 when Lean dies."""
    with choose(BackendOptions(backend="embedded")).start() as lean:
        for request in requests():
            known = {key: value for key, value in request.items() if key in REQUEST_KEYS}
            try:
                answer = plain(lean.request(known, LIMIT))
            except ReplError as error:
                sys.exit(error.message)
            sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
