"""The example experiments on the real HOL Light, as users run them, on tiny settings."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from bait_core.cli.main import command_line
from bait_core.experiment import Report, RunFolder, read_report
from bait_core.plugins import installed
from bait_core.traces import read_traces
from bait_core.training import CorpusPremise, write_corpus
from bait_holist.human_proofs.records import End, LibraryTheorem
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import Server
from bait_holist.terms import to_text

EXPERIMENTS = Path(__file__).parents[2] / "examples" / "experiments"
LIBRARY = 130  # so many theorems are the library to learn from; those searched are among them
COLLECT = ("CONTRAPOS_THM", "NOT_FORALL_THM", "o_ASSOC", "I_O_ID")  # of the training split
EVALUATE = ("EXISTS_NOT_THM",)  # of the validation split
SMALL = (
    f"collect.environment.theorems=[{','.join(COLLECT)}]",
    f"evaluate.environment.theorems=[{','.join(EVALUATE)}]",
    "collect.seconds=60",
    "evaluate.seconds=60",
    "run.workers=1",
    "settings.tactics=16",
    "settings.expansions=3",
)
TINY = "{d_model: 16, d_ff: 16, layers: 1, decoder_layers: 1, heads: 2}"
GENERATOR = (f"size={TINY}", "max_source=256", "max_target=32")

pytestmark = pytest.mark.hol


@dataclass(frozen=True)
class Setting:
    """What the experiments here run with.

    Attributes:
        server: Socket of the HOL Light.
        library: The first theorems of its library, as `bait holist export` writes them.
        corpus: The same, as `bait premises` writes them.
    """

    server: Path
    library: Path
    corpus: Path

    def bait(self, command: str, name: str, *changes: str, output: Path) -> None:
        """Run a command on an experiment."""
        path = str(EXPERIMENTS / f"{name}.yaml")
        server = f"environment.server={self.server}"
        arguments = [command, path, server, *SMALL, *changes, "--output", str(output)]
        command_line(installed()).main(arguments, standalone_mode=False)

    def run(self, name: str, *changes: str, output: Path) -> Report:
        """Run an experiment: each iteration searches all theorems, and the first proves some.

        Examples come from its own searches, as human proofs take too long to record.
        """
        self.bait("run", name, *changes, output=output)
        report = read_report(output)
        first, second = report.iterations
        for iteration in (first, second):
            for part, theorems in (("collect", COLLECT), ("evaluate", EVALUATE)):
                assert iteration.searches[part].theorems == len(theorems)
                assert "error" not in iteration.searches[part].statuses
        assert set(first.searches["collect"].proved) >= {"CONTRAPOS_THM", "o_ASSOC"}
        assert first.trainings
        assert all(training.examples["train"] for training in first.trainings.values())
        return report

    def evaluate(self, name: str, *changes: str, output: Path) -> None:
        """Search once, with models that were trained before; they propose tactics."""
        self.bait("evaluate", name, *changes, output=output)
        (only,) = read_report(output).iterations
        assert only.searches["evaluate"].theorems == len(EVALUATE)
        assert "error" not in only.searches["evaluate"].statuses
        assert_proposed(output, 1, "evaluate")


def assert_proposed(output: Path, iteration: int, part: str) -> None:
    """Tactics were tried on each theorem."""
    traces = list(read_traces(RunFolder(output).traces(iteration, part)))
    assert traces
    assert all(trace.edges for trace in traces)


def step(number: int, *options: str) -> list[str]:
    """Changes that make a step of training short and without human proofs.

    Args:
        number: Of the step.
        options: Of its trainer.
    """
    short = ("max_epochs=1", "warmup_steps=0", "loggers=[csv]", "progress_bar=false", *options)
    trainer = (f"trainer.{option}" for option in short)
    return [f"training.{number}.{change}" for change in ("traces=[]", "splits=[]", *trainer)]


@pytest.fixture(scope="module")
def setting(hol_light: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """Asks for the library once, not for each search."""
    with closing(ProverConnection(hol_light.socket)) as worker:
        facts = worker.library()
    folder = tmp_path_factory.mktemp("library")
    made = Setting(hol_light.socket, folder / "theorems.jsonl.gz", folder / "premises.jsonl.gz")
    theorems = [
        LibraryTheorem(f.index, f.name, f.file, f.line, to_text(f.sexp), f.text)
        for f in facts[:LIBRARY]
    ]
    lines = (msgspec.json.encode(record) + b"\n" for record in (*theorems, End()))
    made.library.write_bytes(gzip.compress(b"".join(lines)))
    write_corpus(made.corpus, [CorpusPremise(t.name, t.text) for t in theorems])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProverConnection, "library", lambda worker: facts)
        yield made


def tactics(setting: Setting, kind: str = "gnn") -> list[str]:
    """Changes of the step that trains HOList's tactic model."""
    library = f"library={setting.library}"
    encoder = f"encoder={{kind: {kind}, dim: 8, layers: 1, heads: 2}}"
    return [
        *step(0, encoder, "least_count=1", "negatives=16"),
        f"training.0.trainer.{library}",
        f"training.0.trace_processor.{library}",
    ]


@pytest.fixture(scope="module")
def run(setting: Setting, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of the first experiment."""
    output = tmp_path_factory.mktemp("holist") / "run"
    setting.run("holist", *tactics(setting), output=output)
    return output


def checkpoint(run: Path, name: str) -> Path:
    """What the first training of a step of a run made."""
    return RunFolder(run).training(1, name) / "checkpoint"


def test_the_tactic_model_with_a_graph_network(run: Path) -> None:
    assert_proposed(run, 2, "collect")
    assert_proposed(run, 2, "evaluate")


@pytest.mark.parametrize("kind", ["transformer", "sat", "directed-sat", "ensemble"])
def test_the_tactic_model_with_another_encoder(
    setting: Setting, run: Path, tmp_path: Path, kind: str
) -> None:
    trained = tmp_path / "trained"
    changes = tactics(setting, kind)
    setting.bait("train", "holist", *changes, "evaluate=null", "--run", str(run), output=trained)
    model = f"model.checkpoint={trained / 'checkpoint'}"
    setting.evaluate("holist", *changes, model, output=tmp_path / "run")


def test_a_goal_model_with_updown_and_htps(setting: Setting, tmp_path: Path) -> None:
    output = tmp_path / "run"
    changes = [
        *tactics(setting),
        *step(1, "encoder={kind: gnn, dim: 8, layers: 1}"),
    ]
    report = setting.run("holist-goals", *changes, "iterations=2", output=output)
    assert set(report.iterations[0].trainings) == {"tactics", "goals"}
    assert_proposed(output, 2, "collect")
    models = (
        f"model.checkpoint={checkpoint(output, 'tactics')}",
        f"goal_model.checkpoint={checkpoint(output, 'goals')}",
    )
    changes += ["search.name=htps", *models]
    setting.evaluate("holist-goals", *changes, output=tmp_path / "htps")


def test_a_generator(setting: Setting, tmp_path: Path) -> None:
    changes = [*step(0, *GENERATOR), "model.max_tokens=16"]
    setting.run("holist-reprover", *changes, output=tmp_path / "run")


def test_a_generator_with_premises(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))  # keeps vectors of premises
    corpus = f"corpus={setting.corpus}"
    changes = [
        *step(0, f"size={TINY}", "max_source=128"),
        *step(1, *GENERATOR),
        *(
            f"training.{n}.{part}.{corpus}"
            for n in (0, 1)
            for part in ("trace_processor", "trainer")
        ),
        "model.max_tokens=16",
    ]
    report = setting.run("holist-retrieval", *changes, output=tmp_path / "run")
    assert set(report.iterations[0].trainings) == {"premises", "generator"}
