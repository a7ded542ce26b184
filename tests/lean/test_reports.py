"""Reports of the embedded server: what a text adds, what that rests on, what the kernel says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.server_process import Answer, LeanServer

pytestmark = pytest.mark.lean

Constants = dict[str, dict[str, Any]]


def report(server: LeanServer, text: str, **request: Any) -> Answer:
    answer = server.ask(cmd=text, report=True, **request)
    assert "report" in answer, answer
    return answer


def constants(answer: Answer) -> Constants:
    found = {constant["name"]: constant for constant in answer["report"]["constants"]}
    assert len(found) == len(answer["report"]["constants"])
    return found


def visible(answer: Answer) -> list[tuple[str, str]]:
    return [
        (constant["name"], constant["kind"])
        for constant in answer["report"]["constants"]
        if not constant["internal"]
    ]


NAMES = """namespace A
theorem x : True := trivial
theorem A.x : True := trivial
private theorem hidden : True := trivial
protected theorem guarded : True := trivial
theorem _root_.outside : True := trivial
theorem été.«b c».d : True := trivial
end A
namespace A.B
def f (n : Nat) : Nat := g n
where
  g (k : Nat) : Nat := k + 1
theorem t (p : Prop) (h : p) : p := by
  let rec go (n : Nat) : n = n := rfl
  exact h
mutual
theorem one : True := trivial
theorem two : True := trivial
end
instance : Inhabited (Fin 3) := ⟨0⟩
end A.B
macro "claim " n:ident ":" t:term ":=" p:term : command => `(theorem $n : $t := $p)
claim made : 1 + 1 = 2 := rfl
alias_of_nothing
theorem last : True := trivial
"""


def test_constants_are_those_of_the_environment(lean_server: LeanServer) -> None:
    answer = report(lean_server, NAMES)
    assert answer["report"]["kernel"] == ""
    assert visible(answer) == [
        ("A.x", "theorem"),
        ("A.A.x", "theorem"),
        ("_private.0.A.hidden", "theorem"),
        ("A.guarded", "theorem"),
        ("outside", "theorem"),
        ("A.été.«b c».d", "theorem"),
        ("A.B.f", "def"),
        ("A.B.f.g", "def"),
        ("A.B.t", "theorem"),
        ("A.B.t.go", "theorem"),
        ("A.B.one", "theorem"),
        ("A.B.two", "theorem"),
        ("A.B.instInhabitedFinOfNatNat", "def"),
        ("«_aux___macroRules_commandClaim_:_:=__1»", "def"),
        ("«commandClaim_:_:=_»", "def"),
        ("made", "theorem"),
        ("last", "theorem"),
    ]


def test_constants_have_the_place_of_their_command(lean_server: LeanServer) -> None:
    found = constants(report(lean_server, NAMES))
    lines = {name: found[name]["position"]["line"] for name in ("A.x", "A.B.f.g", "A.B.two")}
    assert lines == {"A.x": 2, "A.B.f.g": 10, "A.B.two": 16}


def test_environments_are_told_for_each_command(lean_server: LeanServer) -> None:
    answer = report(lean_server, "def a := 1\ntheorem t : a = 1 := rfl\n#check a")
    envs = [command["env"] for command in answer["report"]["commands"]]
    lean_server.ask(cmd="theorem t : a = 1 := rfl", env=envs[0])
    again = report(lean_server, "theorem t : a = 1 := rfl", env=envs[0])
    assert visible(again) == [("t", "theorem")]
    assert constants(again)["t"]["uses"] == ["a"]


EXAMPLES = """def f : List Nat → Nat
  | [] => 0
  | x :: xs => x + f xs
example : 1 = 2 := sorry
open Nat in
example : f [1, 2] = 3 := by simp [f]
#guard_msgs in
example (n : Nat) : n = n := rfl
variable (n : Nat) (h : n = 2)
include h
example : n + 0 = 2 := by omega
"""


def test_examples_are_reported_though_lean_keeps_nothing_of_them(lean_server: LeanServer) -> None:
    answer = report(lean_server, EXAMPLES)
    found = constants(answer)
    assert [found[f"bait_example_{i}"]["sorries"] for i in (1, 2, 3, 4)] == [
        [{"line": 4, "column": 19}], [], [], [],
    ]  # fmt: skip
    assert found["bait_example_2"]["uses"] == ["f"]
    assert all(found[f"bait_example_{i}"]["proves"] for i in (1, 2, 3, 4))
    later = lean_server.ask(cmd="#check bait_example_1", env=answer["env"])
    assert later["messages"][0]["severity"] == "error"


AXIOMS = """open Nat
axiom bad : (1 : Nat) = 2
theorem succ_ne_zero : (2 : Nat) = 1 := by exact bad.symm
theorem fine (a b : Nat) : a + b = b + a := by omega
theorem direct (h : Lean.reduceBool true = true) : True := trivial
theorem through : True := direct rfl
def cheat : Nat := 1
theorem named : True := (fun (_ : Bool → Bool) => trivial) Lean.reduceBool
theorem choice (p : Prop) : p ∨ ¬ p := Classical.em p
"""


def test_what_constants_rest_on(lean_server: LeanServer) -> None:
    answer = report(lean_server, AXIOMS)
    found = constants(answer)
    assert found["bad"]["kind"] == "axiom"
    assert found["succ_ne_zero"]["uses"] == ["bad"]
    assert found["fine"]["axioms"] == []
    assert found["direct"]["axioms"] == ["Lean.reduceBool"]
    assert found["through"]["uses"] == ["direct"]
    assert found["named"]["axioms"] == ["Lean.reduceBool"]


def test_what_trusts_the_compiler_is_not_asked_of_the_kernel(lean_server: LeanServer) -> None:
    answer = report(lean_server, AXIOMS)
    found = constants(answer)
    assert answer["report"]["kernel"] == ""
    assert {name for name, constant in found.items() if constant["unsafe"]} == {
        "direct", "through", "named",
    }  # fmt: skip


DISGUISES: dict[str, tuple[str, list[dict[str, int] | None]]] = {
    "plain": ("sorry", [{"line": 1, "column": 29}]),
    "by tactic": ("by sorry", [{"line": 1, "column": 32}]),
    "admit": ("by admit", [{"line": 1, "column": 32}]),
    "two arguments": ("sorryAx _ false", [None]),
    "redex": ("(fun (f : ∀ α : Prop, Bool → α) => f _ false) @sorryAx", [None]),
    "id": ("(@id (∀ α : Prop, Bool → α) @sorryAx) _ false", [None]),
    "have": ("by\n  have f : ∀ α : Prop, Bool → α := @sorryAx\n  exact f _ true", [None]),
}


@pytest.mark.parametrize("disguise", list(DISGUISES))
def test_every_sorry_is_seen(lean_server: LeanServer, disguise: str) -> None:
    proof, places = DISGUISES[disguise]
    found = constants(report(lean_server, f"theorem bad : (0 : Nat) = 1 := {proof}"))
    expected = [place and {**place, "column": place["column"] + 2} for place in places]
    assert found["bad"]["sorries"] == expected


def test_a_sorry_in_a_type_is_seen(lean_server: LeanServer) -> None:
    text = "theorem t (xs : Array Nat) : xs[1]'(by sorry) = xs[1]'(by sorry) := rfl"
    places = constants(report(lean_server, text))["t"]["sorries"]
    assert {place["column"] for place in places} >= {39, 58}


KINDS = """unsafe def danger : Nat := danger
partial def loop (n : Nat) : Nat := loop (n + 1)
theorem about_loop : loop 1 = loop 1 := rfl
def proof : 1 = 1 := rfl
abbrev short : 2 = 2 := rfl
def data : Nat := 3
instance decided : Decidable (1 = 1) := isTrue rfl
inductive T | a | b (n : Nat)
theorem hidden : ∃ n : Nat, n = 3 := ⟨_, rfl⟩
"""


def test_kinds_propositions_and_what_is_unsafe(lean_server: LeanServer) -> None:
    answer = report(lean_server, KINDS)
    found = constants(answer)
    assert answer["report"]["kernel"] == ""
    names = ("about_loop", "proof", "short", "data", "decided", "T", "hidden")
    proves = {name: found[name]["proves"] for name in names}
    assert proves == dict.fromkeys(names, True) | {"data": False, "decided": False, "T": False}
    assert found["danger"]["unsafe"]
    assert not found["loop"]["unsafe"]
    assert set(found["T"]["uses"]) == {"T.a", "T.b"}
    assert found["data"]["value"] != ""
    assert found["hidden"]["value"] == ""


def test_hashes_are_of_terms(lean_server: LeanServer) -> None:
    def types(text: str) -> tuple[str, str]:
        found = constants(report(lean_server, text))["d"]
        return found["type"], found["value"]

    first = types("def d (n : Nat) : Nat := n + 1")
    assert first == types("open Nat in\n/-- doc -/ def d (n : Nat) : _root_.Nat :=\n  (n + 1)")
    assert first[0] == types("def d (n : Nat) : Nat := n + 2")[0]
    assert first[1] != types("def d (n : Nat) : Nat := n + 2")[1]
    assert first[0] != types("def d (n : Nat) : Int := n + 1")[0]


def test_labels_of_sorrys_count_by_their_difference(lean_server: LeanServer) -> None:
    def statement(text: str) -> str:
        type_: str = constants(report(lean_server, text))["t"]["type"]
        return type_

    two = "theorem t : (sorry : Nat) = (sorry : Nat) := sorry"
    assert statement(two) == statement(f"\n-- another line\n{two}")

    def key(text: str) -> str:
        (hole,) = lean_server.ask(cmd=text, parts=True)["sorries"][-1:]
        found: str = hole["parts"][0]["key"]
        return found

    same = "def a : Nat := sorry\nexample : a = a := by unfold a; sorry"
    other = "def a : Nat := sorry\ndef b : Nat := sorry\nexample : a = b := by unfold a b; sorry"
    assert key(same) != key(other)


SWITCHED_OFF = (
    "set_option debug.skipKernelTC true in\ntheorem bad : (1 : Nat) = 2 := by decide +kernel"
)


def test_the_kernel_is_asked_again_with_default_options(lean_server: LeanServer) -> None:
    answer = report(lean_server, SWITCHED_OFF)
    assert not any(m["severity"] == "error" for m in answer.get("messages", []))
    assert "type mismatch" in answer["report"]["kernel"]


def test_the_kernel_is_asked_about_what_comes_before(lean_server: LeanServer) -> None:
    env = lean_server.ask(cmd=SWITCHED_OFF)["env"]
    answer = report(lean_server, "theorem fine : 1 = 1 := rfl", env=env)
    assert "type mismatch" in answer["report"]["kernel"]


def test_names_that_print_alike_are_told_apart(lean_server: LeanServer) -> None:
    text = "def «#a».«b.c» := 1\ndef «#a».b.c := 2\ntheorem t : «#a».«b.c» = 1 := rfl"
    answer = report(lean_server, text)
    assert len(constants(answer)) == 3
    assert answer["report"]["kernel"] == ""


SAME = """structure S where
  data : Nat
  small : data < 9
theorem lemma_ : 3 < 9 := by decide
def S.make : S := { data := 3, small := PROOF }
theorem about (xs : Array Nat) (h : 1 < xs.size) : xs[1]'(PROOF2) = xs[1] := rfl
"""


def test_constants_are_the_same_up_to_proofs(lean_server: LeanServer) -> None:
    def env(proof: str, proof2: str, data: str = "3") -> int:
        text = SAME.replace("PROOF2", proof2).replace("PROOF", proof)
        number: int = lean_server.ask(cmd=text.replace("data := 3", f"data := {data}"))["env"]
        return number

    open_, filled = env("by sorry", "by sorry"), env("by decide", "h")
    other = env("by decide", "h", data="4")
    for name, number, same in (
        ("S.make", filled, True),
        ("about", filled, True),
        ("S.make", other, False),
        ("nothing", filled, False),
    ):
        assert lean_server.ask(same=name, env=number, other=open_) == {"same": same}, name


def test_a_proof_that_the_kernel_refuses_is_not_completed(lean_server: LeanServer) -> None:
    text = "set_option debug.skipKernelTC true in\ntheorem u : (1 : Nat) = 2"
    hole = lean_server.hole(text)
    status = lean_server.step(hole, "decide +kernel")["proofStatus"]
    assert status.startswith("Error: kernel type check failed")
    true = lean_server.hole("theorem v.{u} {α : Type u} (a b : α) (h : a = b) : b = a")
    assert lean_server.step(true, "exact h ▸ rfl")["proofStatus"] == "Completed"


def test_holes_tell_their_declaration_and_whether_a_term_is_wanted(
    lean_server: LeanServer,
) -> None:
    text = (
        "def f (n : Nat) : n = n := go n where go (k : Nat) : k = k := by exact sorry\n"
        "private theorem a.b : 1 = 1 ∧ 2 = 2 := ⟨sorry, by sorry⟩\n"
        "theorem c (p : Prop) (b : Nat) (h : p) : p := (fun _ => sorry) b"
    )
    holes = lean_server.ask(cmd=text, parts=True)["sorries"]
    found = [(hole["declaration"], hole["isTerm"]) for hole in holes]
    assert found == [("f.go", True), ("a.b", True), ("a.b", False), ("c", True)]
    assert holes[-1]["goal"].endswith("⊢ p")
