/-!
# A first file for BAIT

Every `sorry` below is a hole. `bait prove examples/demo.lean` fills them all and prints
the finished file, which any Lean 4 accepts; no Mathlib is needed.
-/

/-! ## Logic -/

/-- Conjunction commutes. -/
theorem and_commutes (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

/-- One of De Morgan's laws. -/
theorem de_morgan (p q : Prop) : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by
  sorry

/-- A witness for all is a witness for each. -/
theorem exists_forall {α β : Type} (R : α → β → Prop) (h : ∃ x, ∀ y, R x y) :
    ∀ y, ∃ x, R x y := by
  sorry

/-! ## Numbers -/

/-- Linear arithmetic is decided by `omega`. -/
theorem between (a b : Nat) (h₁ : a < b) (h₂ : b < a + 2) : b = a + 1 := by
  sorry

/-- Divisibility is transitive. A hole can also stand for a whole term. -/
theorem dvd_transitive (a b c : Nat) (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c :=
  sorry

/-! ## A recursive function -/

/-- 0 + 1 + ... + n -/
def sumUpTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumUpTo n + (n + 1)

/-- Gauss's formula: an induction. -/
theorem gauss (n : Nat) : 2 * sumUpTo n = n * (n + 1) := by
  sorry

/-! ## Lists -/

/-- The order of mapping and appending does not matter. -/
theorem map_append' {α β : Type} (f : α → β) (xs ys : List α) :
    (xs ++ ys).map f = xs.map f ++ ys.map f := by
  sorry

/-- `concat x xs` puts `x` at the end. -/
def concat {α : Type} (x : α) : List α → List α
  | [] => [x]
  | y :: ys => y :: concat x ys

/-- A list grows by one. -/
theorem length_concat {α : Type} (x : α) (xs : List α) :
    (concat x xs).length = xs.length + 1 := by
  sorry

/-! ## Binary trees -/

/-- Trees with a value at every inner node. -/
inductive BinaryTree (α : Type) where
  | leaf : BinaryTree α
  | node (left : BinaryTree α) (value : α) (right : BinaryTree α) : BinaryTree α

namespace BinaryTree

variable {α : Type}

/-- Exchange left and right everywhere. -/
def mirror : BinaryTree α → BinaryTree α
  | leaf => leaf
  | node l x r => node (mirror r) x (mirror l)

/-- The number of values. -/
def size : BinaryTree α → Nat
  | leaf => 0
  | node l _ r => size l + 1 + size r

/-- Mirroring twice changes nothing. -/
theorem mirror_mirror (t : BinaryTree α) : t.mirror.mirror = t := by
  sorry

/-- Mirroring keeps the size. -/
theorem size_mirror (t : BinaryTree α) : t.mirror.size = t.size := by
  sorry

end BinaryTree

/-! ## Functions -/

/-- Different arguments have different values. -/
def OneToOne {α β : Type} (f : α → β) : Prop := ∀ a b, f a = f b → a = b

/-- The composition of one-to-one functions is one-to-one. -/
theorem oneToOne_comp {α β γ : Type} {f : α → β} {g : β → γ} (hf : OneToOne f)
    (hg : OneToOne g) : OneToOne (g ∘ f) := by
  sorry
