"""The plugin `steps` for tests of whole runs: `bait prove FILE.steps` counts down.

Each line of the file, `NAME NUMBER`, is a theorem that takes NUMBER tactics. What a name begins
with says what else happens: `kill-...` kills the process that searches, each time.
"""

STEPS = """
import os, signal, time
from pathlib import Path
from bait_core.domain import (
    NO_PREMISES, CheckResult, Failed, FailureKind, Goal, Proved, Subgoals, Suggestion, Theorem
)
from bait_core.errors import TheoremError
from bait_core.plugins import EnvironmentSpec, PluginSpec, hookimpl
from bait_core.plugins.options import Options

BAIT_API = 1
MAIN_PROCESS = "STEPS_MAIN_PROCESS"

class StepsOptions(Options):
    file: Path
    only: tuple[str, ...] = ()
    seconds: float = 0.005
    trouble: str = ""  # at the start of a worker: "dies" or "raises"

class Steps:
    def __init__(self, options):
        self.options = options
        here = os.environ.setdefault(MAIN_PROCESS, str(os.getpid()))
        if options.trouble and here != str(os.getpid()):
            if options.trouble == "dies":
                os._exit(3)
            raise TheoremError("the worker has no room for this", hint="Make some.")
    def theorems(self):
        lines = self.options.file.read_text().splitlines()
        return [Theorem(line.split()[0], line) for line in lines]
    def start(self, theorem):
        return Session(self.options, theorem)
    def fill(self, scripts):
        return "".join(f"{name}: {script}\\n" for name, script in scripts.items())
    def close(self):
        pass

class Session:
    def __init__(self, options, theorem):
        name, number = theorem.statement.split()
        self.root = Goal(f"{name} {number}", number)
        self.options = options
    def run_tactics(self, goal, tactics, timeout):
        return [self.run(goal, tactic) for tactic in tactics]
    def run(self, goal, tactic):
        time.sleep(self.options.seconds)
        name, number = goal.key.split()
        if name.startswith("kill-"):
            os.kill(os.getpid(), signal.SIGKILL)
        if tactic != "step":
            return Failed(FailureKind.ERROR, "no")
        rest = int(number) - 1
        return Subgoals((Goal(f"{name} {rest}", str(rest)),)) if rest else Proved()
    def retrieve_premises(self, goal):
        return NO_PREMISES
    def check(self, proof):
        return CheckResult(True, self.script(proof))
    def script(self, proof):
        return f"{proof.size()} steps"
    def close(self):
        pass

class Model:
    def __init__(self, options):
        pass
    def get_tactics(self, requests, n):
        return [[Suggestion("wait", -1.0), Suggestion("step", -2.0)] for _ in requests]

@hookimpl
def bait_register_environments():
    return [EnvironmentSpec(
        "steps", "Counts down", "MODULE:Steps", options="MODULE:StepsOptions", file_option="file",
        only_option="only", file_suffixes=(".steps",), tactic_model="steps",
    )]

@hookimpl
def bait_register_tactic_models():
    return [PluginSpec("steps", "One step", "MODULE:Model")]
"""
