/-!
Exercises of the textbook kind in core Lean, without Mathlib. Fill the holes with
`bait prove examples/textbook.lean`.
-/

/-! ## Propositional logic -/

section Logic

variable (p q r : Prop)

theorem and_swap' (h : p ∧ q) : q ∧ p := by
  sorry

theorem or_swap' (h : p ∨ q) : q ∨ p := by
  sorry

theorem and_or_distrib : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r) := by
  sorry

theorem contrapositive : (p → q) ↔ (¬q → ¬p) := by
  sorry

theorem excluded_middle_irrefutable : ¬¬(p ∨ ¬p) := by
  sorry

theorem not_and_iff : ¬(p ∧ q) ↔ ¬p ∨ ¬q := by
  sorry

end Logic

/-! ## Quantifiers -/

section Quantifiers

variable {α : Type} (P Q : α → Prop)

theorem forall_and_split : (∀ x, P x ∧ Q x) ↔ (∀ x, P x) ∧ ∀ x, Q x := by
  sorry

theorem exists_swap {β : Type} (R : α → β → Prop) (h : ∃ x y, R x y) : ∃ y x, R x y := by
  sorry

theorem not_forall_witness (h : ¬∀ x, P x) : ∃ x, ¬P x := by
  sorry

theorem exists_imp_of_forall (h : ∀ x, P x → Q x) : (∃ x, P x) → ∃ x, Q x := by
  sorry

end Quantifiers

/-! ## Divisibility and parity -/

theorem dvd_trans' {a b c : Nat} (h₁ : a ∣ b) (h₂ : b ∣ c) : a ∣ c := by
  sorry

theorem dvd_linear {d a b : Nat} (x y : Nat) (ha : d ∣ a) (hb : d ∣ b) : d ∣ a * x + b * y := by
  sorry

def IsEven (n : Nat) : Prop := ∃ k, n = 2 * k

theorem isEven_add {m n : Nat} (hm : IsEven m) (hn : IsEven n) : IsEven (m + n) := by
  sorry

theorem isEven_square {n : Nat} (h : IsEven n) : IsEven (n * n) := by
  sorry

theorem isEven_mul_succ (n : Nat) : IsEven (n * (n + 1)) := by
  sorry

/-! ## Recursive functions on numbers -/

def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

theorem sumTo_formula (n : Nat) : 2 * sumTo n = n * (n + 1) := by
  sorry

def power (b : Nat) : Nat → Nat
  | 0 => 1
  | n + 1 => power b n * b

theorem power_add (b m n : Nat) : power b (m + n) = power b m * power b n := by
  sorry

theorem power_pos (b n : Nat) (h : 0 < b) : 0 < power b n := by
  sorry

def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

theorem fib_pos (n : Nat) : 0 < fib (n + 1) := by
  sorry

theorem fib_le_succ (n : Nat) : fib n ≤ fib (n + 1) := by
  sorry

/-! ## Natural numbers of our own -/

inductive N where
  | zero : N
  | succ : N → N

namespace N

def add : N → N → N
  | m, zero => m
  | m, succ n => succ (add m n)

theorem zero_add (n : N) : add zero n = n := by
  sorry

theorem succ_add (m n : N) : add (succ m) n = succ (add m n) := by
  sorry

theorem add_comm (m n : N) : add m n = add n m := by
  sorry

theorem add_assoc (a b c : N) : add (add a b) c = add a (add b c) := by
  sorry

end N

/-! ## Lists -/

section Lists

variable {α β : Type}

def app : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => x :: app xs ys

theorem app_nil (xs : List α) : app xs [] = xs := by
  sorry

theorem app_assoc (xs ys zs : List α) : app (app xs ys) zs = app xs (app ys zs) := by
  sorry

def revAcc (acc : List α) : List α → List α
  | [] => acc
  | x :: xs => revAcc (x :: acc) xs

theorem revAcc_eq (xs acc : List α) : revAcc acc xs = xs.reverse ++ acc := by
  sorry

theorem length_map_append (f : α → β) (xs ys : List α) :
    ((xs ++ ys).map f).length = xs.length + ys.length := by
  sorry

theorem mem_map_of_mem' (f : α → β) (x : α) (xs : List α) (h : x ∈ xs) : f x ∈ xs.map f := by
  sorry

def count [DecidableEq α] (a : α) : List α → Nat
  | [] => 0
  | x :: xs => if x = a then count a xs + 1 else count a xs

theorem count_append [DecidableEq α] (a : α) (xs ys : List α) :
    count a (xs ++ ys) = count a xs + count a ys := by
  sorry

theorem count_le_length [DecidableEq α] (a : α) (xs : List α) : count a xs ≤ xs.length := by
  sorry

end Lists

/-! ## Binary trees -/

inductive Tree (α : Type) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α

namespace Tree

variable {α : Type}

def mirror : Tree α → Tree α
  | leaf => leaf
  | node l x r => node (mirror r) x (mirror l)

def size : Tree α → Nat
  | leaf => 0
  | node l _ r => size l + 1 + size r

def flatten : Tree α → List α
  | leaf => []
  | node l x r => flatten l ++ [x] ++ flatten r

def depth : Tree α → Nat
  | leaf => 0
  | node l _ r => max (depth l) (depth r) + 1

theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t :=
  sorry

theorem size_mirror (t : Tree α) : t.mirror.size = t.size := by
  sorry

theorem length_flatten (t : Tree α) : t.flatten.length = t.size := by
  sorry

theorem flatten_mirror (t : Tree α) : t.mirror.flatten = t.flatten.reverse := by
  sorry

theorem depth_le_size (t : Tree α) : t.depth ≤ t.size := by
  sorry

end Tree

/-! ## Functions, relations, sets as predicates, structures -/

def Injective {α β : Type} (f : α → β) : Prop := ∀ ⦃a b⦄, f a = f b → a = b

theorem injective_comp {α β γ : Type} {f : α → β} {g : β → γ} (hf : Injective f)
    (hg : Injective g) : Injective (g ∘ f) := by
  sorry

theorem injective_of_comp {α β γ : Type} {f : α → β} {g : β → γ} (h : Injective (g ∘ f)) :
    Injective f := by
  sorry

structure IsEquivalence {α : Type} (r : α → α → Prop) : Prop where
  refl : ∀ a, r a a
  symm : ∀ {a b}, r a b → r b a
  trans : ∀ {a b c}, r a b → r b c → r a c

theorem kernel_isEquivalence {α β : Type} (f : α → β) : IsEquivalence fun a b => f a = f b := by
  sorry

def inter {α : Type} (s t : α → Prop) : α → Prop := fun x => s x ∧ t x

theorem inter_assoc {α : Type} (s t u : α → Prop) : inter (inter s t) u = inter s (inter t u) := by
  sorry

theorem bind_some' {α : Type} (o : Option α) : (o.bind fun a => some a) = o := by
  sorry
