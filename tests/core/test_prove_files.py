"""`bait prove` and `bait verify` on files of the plugin `steps`: what is written, told and kept."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bait_core.domain import Edit, FilledFile, SearchStatus
from bait_core.errors import ConfigurationError, MergeError, TheoremError
from bait_core.files import replace_unchanged
from bait_core.proving.filling import Filling, require_writable
from bait_core.proving.replacement import replacement
from bait_core.proving.results import TheoremResult

from .steps import Steps, StepsOptions
from .whole_runs import WholeRuns

TWO = "a 1\nb 2\n"
FILLED = "a 1: 1 steps\nb 2: 2 steps\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))


class Run:
    """The end of a run on a file: everything is proved, nothing is written yet."""

    def __init__(self, folder: Path, text: str, **options: Any) -> None:
        self.file = folder / "all.steps"
        self.file.write_bytes(text.encode())
        self.environment = Steps(StepsOptions(file=self.file, **options))
        self.results = {
            theorem.name: TheoremResult(
                theorem, SearchStatus.PROVED, proof=f"{theorem.statement.split()[1]} steps"
            )
            for theorem in self.environment.theorems()
        }
        self.filling = Filling(self.environment, self.file, self.results)

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    @property
    def kept(self) -> dict[str, str]:
        paths = self.file.parent.glob("all.filled*")
        return {path.name: path.read_bytes().decode() for path in paths}

    def on_fill(self, action: Callable[[], object]) -> None:
        """Do something whenever the prover has filled what the file is now."""
        fill = self.environment.fill

        def filling(scripts: dict[str, str], current: str | None = None) -> FilledFile:
            filled = fill(scripts, current)
            action()
            return filled

        self.environment.fill = filling  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
def test_an_unchanged_file_is_filled(tmp_path, newline, mark):
    run = Run(tmp_path, mark + TWO.replace("\n", newline))
    assert run.filling.save(run.file) == f"Wrote {run.file}."
    assert run.text == mark + FILLED.replace("\n", newline)
    assert run.kept == {}


def test_what_was_saved_meanwhile_is_kept_with_the_proofs(tmp_path):
    run = Run(tmp_path, TWO)
    run.file.write_text(f"-- new\n{TWO}c 3\n")
    assert (
        run.filling.save(run.file)
        == f"Wrote {run.file}, including changes made to it in the meantime."
    )
    assert run.text == f"-- new\n{FILLED}c 3\n"
    assert run.kept == {}
    edit = run.results["b"].replacement
    assert edit is not None
    assert edit.start == (3, 4)  # in the file as it was before it was written


def test_what_is_saved_while_a_merge_is_checked_is_kept_too(tmp_path):
    run = Run(tmp_path, TWO)
    saves = iter(["-- second\n-- first\n", "-- third\n-- second\n-- first\n"])

    def save() -> None:
        if head := next(saves, ""):
            run.file.write_text(head + TWO)

    run.file.write_text(f"-- first\n{TWO}")
    run.on_fill(save)
    run.filling.save(run.file)
    assert run.text == f"-- third\n-- second\n-- first\n{FILLED}"


@pytest.mark.parametrize("half", ["", "a 1\nb", "a 1\nb 2\n-- \xc3"], ids=["empty", "half", "byte"])
def test_half_of_a_save_is_not_taken_for_the_whole(tmp_path, half):
    run = Run(tmp_path, TWO)
    whole = f"{TWO}-- Ü\n"
    run.file.write_bytes(half.encode("latin-1"))
    sleep = time.sleep

    def save_meanwhile(seconds: float) -> None:
        if seconds:
            run.file.write_text(whole, "utf-8")
        sleep(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", save_meanwhile)
        run.filling.save(run.file)
    assert run.text == f"{FILLED}-- Ü\n"
    assert run.kept == {}


def test_a_file_that_never_rests_is_left_alone(tmp_path):
    run = Run(tmp_path, TWO)
    run.file.write_text(f"-- 0\n{TWO}")
    numbers = iter(range(1, 100))
    run.on_fill(lambda: run.file.write_text(f"-- {next(numbers)}\n{TWO}"))
    with pytest.raises(MergeError, match="faster than proofs can be checked") as caught:
        run.filling.save(run.file)
    assert "-- " in run.text
    assert run.text.endswith(TWO)
    [(name, kept)] = run.kept.items()
    assert kept.endswith(FILLED)
    assert name in caught.value.hint


@pytest.mark.parametrize(
    ("current", "why"),
    [
        ("a 2\nb 2\n", "a, or the text around it, has changed"),
        ("b 2\n", "a, or the text around it, has changed"),
        ("", "a, or the text around it, has changed"),
        (f"{TWO}{TWO}", "not clear where a is now"),
        ("b 2\na 1\n", "have swapped positions"),
    ],
    ids=["changed", "one gone", "all gone", "twice", "swapped"],
)
def test_a_hole_that_was_changed_is_left_alone_and_the_proofs_are_kept(tmp_path, current, why):
    run = Run(tmp_path, TWO)
    for name in ("all.filled.steps", "all.filled-2.steps"):
        (tmp_path / name).write_text("of an earlier run")
    run.file.write_text(current)
    with pytest.raises(MergeError, match=why) as caught:
        run.filling.save(run.file)
    assert run.text == current
    assert run.kept.pop("all.filled-3.steps") == FILLED
    assert set(run.kept.values()) == {"of an earlier run", FILLED}
    assert str(tmp_path / "all.filled-3.steps") in caught.value.hint
    assert run.results["a"].is_proved


@pytest.mark.parametrize(
    "error", [TheoremError("line 1: what's that?"), MergeError("no")], ids=["theorem", "merge"]
)
def test_a_present_text_that_the_prover_refuses_is_left_alone(tmp_path, error):
    run = Run(tmp_path, TWO)
    run.file.write_text(f"?\n{TWO}")

    def refuse() -> None:
        raise error

    run.on_fill(refuse)
    with pytest.raises(MergeError, match=re.escape(error.message)):
        run.filling.save(run.file)
    assert run.text == f"?\n{TWO}"
    assert run.kept == {"all.filled.steps": FILLED}


def test_each_proof_that_does_not_fit_into_the_present_text_is_named(tmp_path):
    run = Run(tmp_path, "a 1\n")
    run.filling._scripts |= {"refused-x": "", "refused-y": ""}
    run.file.write_text("-- new\na 1\n")
    with pytest.raises(MergeError, match=r"refused-x: .*not fit; refused-y: .*not fit"):
        run.filling.save(run.file)
    assert run.kept == {"all.filled.steps": "a 1: 1 steps\n"}


def test_a_file_that_is_no_text_any_more_is_left_alone(tmp_path):
    run = Run(tmp_path, TWO)
    run.file.write_bytes(b"\xff")
    with pytest.raises(MergeError, match="no longer UTF-8"):
        run.filling.save(run.file)
    assert run.file.read_bytes() == b"\xff"
    assert run.kept == {"all.filled.steps": FILLED}


def test_a_file_that_is_gone_stays_gone(tmp_path):
    run = Run(tmp_path, TWO)
    run.file.unlink()
    with pytest.raises(ConfigurationError, match="can't be written: No such file"):
        run.filling.save(run.file)
    assert not run.file.exists()
    assert run.kept == {"all.filled.steps": FILLED}


def test_where_nothing_can_be_kept_the_records_are_named(tmp_path):
    (tmp_path / "folder").mkdir()
    run = Run(tmp_path / "folder", TWO)
    (tmp_path / "folder").rename(tmp_path / "moved")
    with pytest.raises(ConfigurationError, match="can't be written") as caught:
        run.filling.save(run.file)
    assert "bait traces" in caught.value.hint


def test_another_file_gets_the_text_that_was_read(tmp_path):
    run = Run(tmp_path, TWO)
    run.file.write_text("changed")
    output = tmp_path / "out.steps"
    assert run.filling.save(output) == f"Wrote {output}."
    assert output.read_text() == FILLED
    assert run.text == "changed"


def test_another_file_that_can_not_be_written_any_more_costs_no_proof(tmp_path):
    run = Run(tmp_path, TWO)
    with pytest.raises(ConfigurationError, match="can't be written: No such file") as caught:
        run.filling.save(tmp_path / "gone" / "out.steps")
    assert "all.filled.steps" in caught.value.hint
    assert run.text == TWO
    assert run.kept == {"all.filled.steps": FILLED}


def test_the_own_file_under_another_name_is_known(tmp_path):
    run = Run(tmp_path, TWO)
    link = tmp_path / "link.steps"
    link.symlink_to(run.file)
    run.file.write_text(f"-- new\n{TWO}")
    run.filling.save(link)
    assert run.text == f"-- new\n{FILLED}"
    assert link.is_symlink()


def test_a_merge_may_close_what_was_open(tmp_path):
    run = Run(tmp_path, "a 1 @b\nb 2\n", only=("a",))
    assert run.results["a"].verdict == "conditional"
    run.file.write_text("a 1 @b\nb 2: 2 steps\n")
    run.filling.save(run.file)
    assert run.text == "a 1 @b: 1 steps\nb 2: 2 steps\n"
    assert run.results["a"].is_proved


def test_refused_proofs_are_each_told_why_and_the_others_filled_in(tmp_path):
    run = Run(tmp_path, f"{TWO}refused-x 1\nrefused-y 1\n")
    run.filling.save(run.file)
    assert run.text == f"{FILLED}refused-x 1\nrefused-y 1\n"
    for name in ("refused-x", "refused-y"):
        result = run.results[name]
        assert (result.status, result.proof, result.replacement) == ("error", "", None)
        assert result.message == f"the proof is not accepted in the file: {name} does not fit"


def test_two_who_fill_one_file_at_once_both_do(tmp_path):
    """One waits for the other, and so never has to give up however long the other takes."""
    text = "".join(f"t{number} {number + 1}\n" for number in range(8))
    runs = [Run(tmp_path, text, only=(f"t{number}",), filling_seconds=0.02) for number in range(8)]
    threads = [threading.Thread(target=run.filling.save, args=(run.file,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs[0].text == "".join(f"t{n} {n + 1}: {n + 1} steps\n" for n in range(8))
    assert runs[0].kept == {}


@pytest.mark.parametrize("name", ["none/out", ".", "read-only"])
def test_what_can_not_be_written_is_told(tmp_path, name):
    (tmp_path / "read-only").write_text("")
    (tmp_path / "read-only").chmod(0o444)
    with pytest.raises(ConfigurationError, match="can't be written"):
        require_writable(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "part", "start", "end"),
    [
        ("abc", "b", (1, 2), (1, 3)),
        ("é𝔸\nüb\n", "b", (2, 2), (2, 3)),
        ("a\r\nb\r\nc", "b\r\n", (2, 1), (3, 1)),
        ("\ufeffab", "b", (1, 2), (1, 3)),
        ("\ufeffa\nb", "b", (2, 1), (2, 2)),
        ("a\x0b\u2028b", "b", (1, 4), (1, 5)),
    ],
    ids=["plain", "letters", "crlf", "mark", "mark before", "separators"],
)
def test_edits_are_counted_as_editors_count(text, part, start, end):
    place = text.index(part)
    edit = replacement(Edit(place, place + len(part), "new"), text)
    assert (edit.start, edit.end, edit.text) == (start, end, "new")
    content = text.encode()
    assert content[edit.start_byte : edit.end_byte] == part.encode()


def theorems(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {theorem["name"]: theorem for theorem in json.loads(done.stdout)["theorems"]}


def apply(content: bytes, found: dict[str, Any]) -> bytes:
    """What an editor does with the edits, the last first."""
    edits = [theorem["edit"] for theorem in found.values() if theorem["edit"]]
    for edit in sorted(edits, key=lambda edit: edit["startByte"], reverse=True):
        content = content[: edit["startByte"]] + edit["text"].encode() + content[edit["endByte"] :]
    return content


def test_json_has_what_an_editor_needs(tmp_path):
    runs = WholeRuns(tmp_path, ["-- Grüße", "a 1", "b 2"])
    before = runs.file.read_bytes()
    done = runs.run("--json")
    assert done.returncode == 0, done.stderr
    found = theorems(done)
    assert runs.file.read_bytes() == before
    assert found["b"]["file"] == str(runs.file)
    assert found["b"]["edit"] == {
        "start": {"line": 3, "column": 4},
        "end": {"line": 3, "column": 4},
        "startByte": len("-- Grüße\na 1\nb 2".encode()),
        "endByte": len("-- Grüße\na 1\nb 2".encode()),
        "text": ": 2 steps",
    }
    assert (found["b"]["axioms"], found["b"]["open"]) == ([], [])
    edited = apply(before, found)
    assert runs.run("--write", "--json").returncode == 0
    assert runs.file.read_bytes() == edited == f"-- Grüße\n{FILLED}".encode()


def test_results_are_there_when_the_file_can_not_be_written(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1", "b 100"])
    with runs.start("--write", "--json") as process:
        while not runs.records() and process.poll() is None:
            time.sleep(0.01)
        runs.file.write_text("a 1\nchanged 1\n")
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    start, end = output.index("\n{\n") + 1, output.index("\n}\n") + 2
    found = {theorem["name"]: theorem for theorem in json.loads(output[start:end])["theorems"]}
    assert [theorem["status"] for theorem in found.values()] == ["proved", "proved"]
    assert "all.filled.steps" in output[end:]
    assert runs.file.read_text() == "a 1\nchanged 1\n"
    kept = runs.file.with_name("all.filled.steps").read_text()
    assert kept == "a 1: 1 steps\nb 100: 100 steps\n"


def test_results_are_there_when_the_prover_breaks_down_afterwards(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1", "broken-b 1"])
    done = runs.run("--write", "--json")
    assert done.returncode == 70
    assert {name: theorem["proof"] for name, theorem in theorems(done).items()} == {
        "a": "1 steps",
        "broken-b": "1 steps",
    }
    assert runs.file.read_text() == "a 1\nbroken-b 1\n"


def test_results_are_there_after_ctrl_c(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1", "b 100000", "c 1"])
    process = subprocess.Popen(
        runs.arguments("--write", "--json"),
        env=runs.site.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        while not runs.records() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    found = {theorem["name"]: theorem for theorem in json.loads(output)["theorems"]}
    a, b, c = (theorem["status"] for theorem in found.values())
    assert (a, c) == ("proved", "unsearched")
    assert b in {"interrupted", "unsearched"}
    assert found["a"]["edit"]["text"] == ": 1 steps"
    assert runs.file.read_text() == "a 1: 1 steps\nb 100000\nc 1\n"


def test_two_runs_and_an_editor_on_one_file_lose_nothing(tmp_path):
    """The editor saves what it has, with a line more each time, at random moments."""
    rng = random.Random(0)
    runs = WholeRuns(tmp_path, ["a 20", "b 20", "c 1"])
    slow = ("-o", "environment.filling_seconds=0.3", "--write")
    saved = 0
    with runs.start("--only", "a", *slow) as one, runs.start("--only", "b", *slow) as two:
        while one.poll() is None or two.poll() is None:
            time.sleep(rng.random() * 0.5)
            text = runs.file.read_bytes()
            if saved < 5:
                saved += replace_unchanged(runs.file, text, b"-- save %d\n" % (saved + 1) + text)
        outputs = [process.communicate(timeout=60)[0] for process in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], outputs
    heads = "".join(f"-- save {number}\n" for number in range(saved, 0, -1))
    assert runs.file.read_text() == f"{heads}a 20: 20 steps\nb 20: 20 steps\nc 1\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "{folder}/none/out"], "there is no folder"),
        (["--output", "{folder}"], "it is a folder"),
        (["--output", "{folder}/read-only"], "it is read-only"),
        (["--output", "/dev/full"], "it is not a regular file"),
        (["--write", "--output", "{folder}/x"], "two files"),
    ],
    ids=["missing", "folder", "read-only", "device", "both"],
)
def test_bad_destinations_are_told_before_the_search(tmp_path, arguments, message):
    runs = WholeRuns(tmp_path, ["a 1"])
    read_only = tmp_path / "read-only"
    read_only.write_text("mine")
    read_only.chmod(0o444)
    done = runs.run(*(argument.format(folder=tmp_path) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert runs.records() == []
    assert read_only.read_text() == "mine"


def test_a_read_only_file_is_told_before_the_search(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1"])
    runs.file.chmod(0o444)
    done = runs.run("--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{runs.file} can't be written: it is read-only" in done.stderr
    assert runs.records() == []
    assert runs.run().returncode == 0


def test_a_theorem_that_rests_on_an_open_one_is_not_proved(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1 @b", "b 10000"])
    limits = ("--expansions", "3")
    done = runs.run(*limits)
    assert done.returncode == 1
    assert "conditional a  " in done.stdout
    assert "conditional a  " in done.stderr
    assert "proved, but rests on what is open: b (line 2)\n" in done.stdout
    assert "0 of 2 proved, 1 more if what they rest on is proved" in done.stdout
    trace = str(runs.trace_files[0])
    assert "a        conditional" in runs.site.run("traces", trace).stdout
    assert "rests on what is open: b (line 2)" in runs.site.run("traces", trace, "a").stdout
    before = runs.records()
    done = runs.run(*limits, "--resume", "--write", "--json")
    assert runs.records() == before
    assert done.returncode == 1
    found = theorems(done)["a"]
    assert (found["status"], found["open"]) == ("conditional", ["b (line 2)"])
    assert found["proof"] == "1 steps"
    assert runs.file.read_text() == "a 1 @b: 1 steps\nb 10000\n"


def test_what_is_filled_in_the_same_run_is_not_open(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1 @b", "b 2"])
    done = runs.run("--json")
    assert done.returncode == 0
    assert {theorem["status"] for theorem in theorems(done).values()} == {"proved"}
    proof = runs.records()[0].proof
    assert proof is not None
    assert proof.open == ("b (line 2)",)


def test_only_allowed_axioms_are_used_and_they_are_named(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1 !bad !worse"])
    assert runs.run("--expansions", "3").returncode == 1
    allowed = ("--allow-axiom", "bad", "--allow-axiom", "worse")
    done = runs.run(*allowed)
    assert done.returncode == 0
    assert "uses the axioms bad, worse" in done.stdout
    done = runs.run(*allowed, "--json", "--write")
    assert theorems(done)["a"]["axioms"] == ["bad", "worse"]
    verify = ("verify", str(runs.file))
    refused = runs.site.run(*verify, "--allow-axiom", "bad")
    assert refused.returncode == 1
    assert "it rests on worse" in refused.stdout
    assert runs.site.run(*verify, *allowed).returncode == 0


class TestVerify:
    def verify(self, folder: Path, lines: list[str], *arguments: str):
        runs = WholeRuns(folder, lines)
        return runs.site.run("verify", str(runs.file), *arguments, columns=None)

    def test_all_accepted(self, tmp_path):
        done = self.verify(tmp_path, ["-- by hand", "a 1: 1 steps", "b 2: 2 steps"])
        assert done.returncode == 0, done.stderr
        assert [line.split() for line in done.stdout.splitlines()] == [
            ["accepted", "a", "all.steps:2:1"],
            ["accepted", "b", "all.steps:3:1"],
            ["2", "of", "2", "accepted"],
        ]

    def test_what_is_not_accepted_says_why(self, tmp_path):
        lines = ["right 1: 1 steps", "wrong 2: 1 steps", "open 3", "rests 4 @open: 4 steps"]
        lines += ["both 5 @open: 4 steps"]
        done = self.verify(tmp_path, lines, "--json")
        assert done.returncode == 1
        answer = json.loads(done.stdout)
        assert (answer["schema"], Path(answer["file"]).name) == (1, "all.steps")
        assert answer["theorems"][3] == {
            "name": "rests",
            "source": "all.steps:4:1",
            "accepted": False,
            "message": "it rests on what is open: open (line 3)",
            "axioms": [],
            "open": ["open (line 3)"],
        }
        assert [(t["accepted"], t["message"]) for t in answer["theorems"][:3]] == [
            (True, ""),
            (False, "the steps are wrong"),
            (False, "it is open"),
        ]
        text = self.verify(tmp_path / "again", lines).stdout
        assert "refused  wrong  all.steps:2:1\n         the steps are wrong\n" in text
        assert text.splitlines()[-6:] == [
            "refused  rests  all.steps:4:1",
            "         it rests on what is open: open (line 3)",
            "refused  both  all.steps:5:1",
            "         the steps are wrong",
            "         rests on what is open: open (line 3)",
            "1 of 5 accepted",
        ]

    def test_a_file_without_theorems(self, tmp_path):
        done = self.verify(tmp_path, ["-- nothing"])
        assert done.returncode == 0
        assert "There is no theorem in" in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["{folder}/none.steps"], "none.steps can't be read"),
            (["{folder}"], "is a folder"),
            (["1 = 1"], "no installed environment proves files like 1 = 1"),
            (["{folder}/all.steps", "-o", "model.n=1"], "'model.n=1' sets nothing"),
            (["{folder}/all.steps", "-o", "environment.no=1"], "no"),
        ],
        ids=["missing", "folder", "statement", "model", "option"],
    )
    def test_bad_input(self, tmp_path, arguments, message):
        runs = WholeRuns(tmp_path, ["a 1"])
        done = runs.site.run(
            "verify", *(argument.format(folder=tmp_path) for argument in arguments), columns=None
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
        assert "Traceback" not in done.stderr
