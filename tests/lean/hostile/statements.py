"""Statements that are known to be false or true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A proposition.

    Attributes:
        prop: What is said of the names that `binders` bind.
        binders: What comes before the colon.
        names: The names that they bind.
        proof: A tactic that proves it; empty if it is false.
    """

    prop: str
    binders: str = ""
    names: str = ""
    proof: str = ""

    @property
    def signature(self) -> str:
        """The statement as it follows a name."""
        return f"{self.binders} : {self.prop}".lstrip()

    @property
    def closed(self) -> str:
        """The statement as a term."""
        return f"(∀ {self.binders}, {self.prop})" if self.binders else f"({self.prop})"

    @property
    def proof_of_closed(self) -> str:
        """A tactic that proves that term."""
        return f"intro {self.names}; {self.proof}" if self.binders and self.proof else self.proof


FALSE = (
    Statement("(0 : Nat) = 1"),
    Statement("False"),
    Statement("¬True"),
    Statement("∃ n : Nat, n < n"),
    Statement("n = n + 1", "(n : Nat)"),
    Statement("n < n", "(n : Nat)"),
    Statement("a = b", "(a b : Nat)"),
    Statement("a < b", "(a b : Nat) (_ : a ≤ b)"),
    Statement("p", "(p : Prop)"),
    Statement("p", "(p q : Prop) (_ : p ∨ q)"),
    Statement("∀ n, p n", "(p : Nat → Prop) (_ : ∃ n, p n)"),
    Statement("f 0 = f 1", "(f : Nat → Nat)"),
    Statement("xs = []", "(xs : List Nat)"),
    Statement("b = true", "(b : Bool)"),
    Statement("i * i = i", "(i : Int)"),
    Statement("i = 0", "(i : Fin 2)"),
    Statement("a = b", "(τ : Type) (a b : τ)"),
    Statement('s = "sorry"', "(s : String)"),
)
TRUE = (
    Statement("(0 : Nat) = 0", proof="exact rfl"),
    Statement("¬False", proof="exact id"),
    Statement("∃ n : Nat, n < 5", proof="exact ⟨4, Nat.lt_succ_self 4⟩"),
    Statement("n < n + 1", "(n : Nat)", "n", "exact Nat.lt_succ_self n"),
    Statement("a + b = b + a", "(a b : Nat)", "a b", "exact Nat.add_comm a b"),
    Statement("a ≤ b", "(a b : Nat) (h : a < b)", "a b h", "exact Nat.le_of_lt h"),
    Statement("p → p", "(p : Prop)", "p", "exact fun h => h"),
    Statement("q ∧ p", "(p q : Prop) (h : p ∧ q)", "p q h", "exact ⟨h.2, h.1⟩"),
    Statement("∃ n, p n", "(p : Nat → Prop) (h : ∀ n, p n)", "p h", "exact ⟨0, h 0⟩"),
    Statement("xs ++ [] = xs", "(xs : List Nat)", "xs", "exact List.append_nil xs"),
    Statement("(!!b) = b", "(b : Bool)", "b", "exact Bool.not_not b"),
    Statement("i * 1 = i", "(i : Int)", "i", "exact Int.mul_one i"),
    Statement("b = a", "(τ : Type) (a b : τ) (h : a = b)", "τ a b h", "exact h.symm"),
    Statement("s = s", "(s : String)", "s", "exact rfl"),
)
