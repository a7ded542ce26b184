"""What a project's own `lean` does for the native checker, with the embedded Lean behind it.

lean --json -R FOLDER -o FILE.olean FILE.lean    compile; the "compiled file" is a report
lean --run CHECKER FILE.olean...                 print that report
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bait_lean.prover.backend import BackendOptions, choose

LIMIT = 600.0
SEVERITIES = {"info": "information"}


def compile_file(source: Path, output: Path) -> int:
    request = {"cmd": source.read_text("utf-8"), "report": True}
    with choose(BackendOptions(backend="embedded")).start() as lean:
        answer = lean.request(request, LIMIT)
    if "report" not in answer:
        sys.exit(f"uncaught exception: {answer['message']}")
    messages = answer.get("messages", [])
    for message in messages:
        severity = SEVERITIES.get(message["severity"], message["severity"])
        printed = {**message, "severity": severity, "fileName": str(source), "caption": ""}
        sys.stdout.write(json.dumps(printed) + "\n")
    if any(message["severity"] == "error" for message in messages):
        return 1
    output.write_text(json.dumps(answer["report"]))
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["--json", "-R", root, "-o", output, source]:
            assert Path(source).parent == Path(root)
            return compile_file(Path(source), Path(output))
        case ["--run", checker, compiled, *_]:
            assert Path(checker).is_file()
            sys.stdout.write(Path(compiled).read_text() + "\n")
            return 0
    sys.exit(f"lean does not understand {arguments}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
