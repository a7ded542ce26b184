/-!
Textbook exercises in core Lean, held out: the tactic model `lean-automation` was developed on
`examples/textbook.lean` and is measured here.
-/

/-! ## Propositional logic -/

section Logic

variable (p q r s : Prop)

theorem or_of_and (h : p ∧ q) : q ∨ r := by
  sorry

theorem curry_uncurry : (p ∧ q → r) ↔ (q → p → r) := by
  sorry

theorem constructive_dilemma (h₁ : p → r) (h₂ : q → s) (h : p ∨ q) : r ∨ s := by
  sorry

theorem or_and_absorb : p ∨ (p ∧ q) ↔ p := by
  sorry

theorem peirce : ((p → q) → p) → p := by
  sorry

theorem triple_negation : ¬¬¬p ↔ ¬p := by
  sorry

theorem not_imp_split (h : ¬(p → q)) : p ∧ ¬q := by
  sorry

end Logic

/-! ## Quantifiers -/

section Quantifiers

variable {α β : Type} (P Q : α → Prop) (R : α → β → Prop)

theorem exists_and_weaken (h : ∃ x, P x ∧ Q x) : (∃ x, P x) ∧ ∃ x, Q x := by
  sorry

theorem forall_exists_of_exists_forall (h : ∃ y, ∀ x, R x y) : ∀ x, ∃ y, R x y := by
  sorry

theorem not_exists_iff_forall_not : (¬∃ x, P x) ↔ ∀ x, ¬P x := by
  sorry

theorem exists_or_distrib : (∃ x, P x ∨ Q x) ↔ (∃ x, P x) ∨ ∃ x, Q x := by
  sorry

theorem drinker [Inhabited α] : ∃ x, P x → ∀ y, P y := by
  sorry

end Quantifiers

/-! ## Natural numbers -/

section Numbers

def Even (n : Nat) : Prop := ∃ k, n = k + k

def Odd (n : Nat) : Prop := ∃ k, n = 2 * k + 1

theorem odd_add_odd {m n : Nat} (hm : Odd m) (hn : Odd n) : Even (m + n) := by
  sorry

theorem even_mul_right {m : Nat} (n : Nat) (hm : Even m) : Even (m * n) := by
  sorry

theorem even_succ_of_odd {n : Nat} (h : Odd n) : Even (n + 1) := by
  sorry

theorem even_or_odd (n : Nat) : Even n ∨ Odd n := by
  sorry

theorem dvd_mul_of_dvd {a b : Nat} (c : Nat) (h : a ∣ b) : a ∣ c * b := by
  sorry

theorem dvd_add_of_dvd {a b c : Nat} (hb : a ∣ b) (hc : a ∣ c) : a ∣ b + c := by
  sorry

theorem le_antisymmetric {a b : Nat} (h₁ : a ≤ b) (h₂ : b ≤ a) : a = b := by
  sorry

theorem square_of_sum (a b : Nat) : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b := by
  sorry

def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

theorem factorial_pos (n : Nat) : 0 < factorial n := by
  sorry

def sumOdds : Nat → Nat
  | 0 => 0
  | n + 1 => sumOdds n + (2 * n + 1)

theorem sumOdds_eq (n : Nat) : sumOdds n = n * n := by
  sorry

def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_eq (n : Nat) : double n = 2 * n := by
  sorry

theorem double_injective {m n : Nat} (h : double m = double n) : m = n := by
  sorry

end Numbers

/-! ## Lists -/

namespace Lists

variable {α β : Type}

def len : List α → Nat
  | [] => 0
  | _ :: xs => len xs + 1

def snoc (x : α) : List α → List α
  | [] => [x]
  | y :: ys => y :: snoc x ys

def rev : List α → List α
  | [] => []
  | x :: xs => snoc x (rev xs)

theorem len_snoc (x : α) (xs : List α) : len (snoc x xs) = len xs + 1 := by
  sorry

theorem len_rev (xs : List α) : len (rev xs) = len xs := by
  sorry

theorem rev_snoc (x : α) (xs : List α) : rev (snoc x xs) = x :: rev xs := by
  sorry

theorem rev_rev (xs : List α) : rev (rev xs) = xs := by
  sorry

theorem snoc_eq_append (x : α) (xs : List α) : snoc x xs = xs ++ [x] :=
  sorry

theorem filter_length_le (f : α → Bool) (xs : List α) : (xs.filter f).length ≤ xs.length := by
  sorry

theorem map_reverse_comm (f : α → β) (xs : List α) : (xs.map f).reverse = xs.reverse.map f := by
  sorry

theorem mem_append_left_of_mem {x : α} {xs : List α} (ys : List α) (h : x ∈ xs) :
    x ∈ xs ++ ys := by
  sorry

def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  sorry

def totalAcc (acc : Nat) : List Nat → Nat
  | [] => acc
  | x :: xs => totalAcc (acc + x) xs

theorem totalAcc_eq (xs : List Nat) (acc : Nat) : totalAcc acc xs = acc + total xs := by
  sorry

end Lists

/-! ## Expressions and their compiler -/

inductive Expr where
  | const (n : Nat)
  | plus (a b : Expr)
  | times (a b : Expr)

namespace Expr

def eval : Expr → Nat
  | const n => n
  | plus a b => eval a + eval b
  | times a b => eval a * eval b

def swap : Expr → Expr
  | const n => const n
  | plus a b => plus (swap b) (swap a)
  | times a b => times (swap b) (swap a)

def size : Expr → Nat
  | const _ => 1
  | plus a b => size a + size b + 1
  | times a b => size a + size b + 1

theorem eval_swap (e : Expr) : eval (swap e) = eval e := by
  sorry

theorem swap_swap (e : Expr) : swap (swap e) = e := by
  sorry

theorem size_pos (e : Expr) : 0 < e.size := by
  sorry

def simplify : Expr → Expr
  | const n => const n
  | plus a b =>
    match simplify a, simplify b with
    | const m, const n => const (m + n)
    | a', b' => plus a' b'
  | times a b => times (simplify a) (simplify b)

theorem eval_simplify (e : Expr) : eval (simplify e) = eval e := by
  sorry

end Expr

/-! ## Options, pairs, functions, relations -/

def orElse' {α : Type} : Option α → Option α → Option α
  | none, o => o
  | some a, _ => some a

theorem orElse'_assoc {α : Type} (a b c : Option α) :
    orElse' (orElse' a b) c = orElse' a (orElse' b c) := by
  sorry

theorem pair_ext {α β : Type} (x y : α × β) (h₁ : x.1 = y.1) (h₂ : x.2 = y.2) : x = y := by
  sorry

structure Point where
  x : Int
  y : Int

def Point.add (p q : Point) : Point := ⟨p.x + q.x, p.y + q.y⟩

theorem Point.add_comm (p q : Point) : p.add q = q.add p := by
  sorry

def Surjective {α β : Type} (f : α → β) : Prop := ∀ b, ∃ a, f a = b

theorem surjective_comp {α β γ : Type} {f : α → β} {g : β → γ} (hf : Surjective f)
    (hg : Surjective g) : Surjective (g ∘ f) := by
  sorry

def Transitive {α : Type} (r : α → α → Prop) : Prop := ∀ a b c, r a b → r b c → r a c

def Symmetric {α : Type} (r : α → α → Prop) : Prop := ∀ a b, r a b → r b a

theorem symmetric_transitive_refl {α : Type} {r : α → α → Prop} (hs : Symmetric r)
    (ht : Transitive r) (a b : α) (h : r a b) : r a a := by
  sorry

/-- The reflexive transitive closure. -/
inductive Star {α : Type} (r : α → α → Prop) : α → α → Prop where
  | refl (a : α) : Star r a a
  | step {a b c : α} : r a b → Star r b c → Star r a c

theorem Star.trans {α : Type} {r : α → α → Prop} {a b c : α} (h₁ : Star r a b)
    (h₂ : Star r b c) : Star r a c := by
  sorry

def Subset {α : Type} (s t : α → Prop) : Prop := ∀ x, s x → t x

def union' {α : Type} (s t : α → Prop) : α → Prop := fun x => s x ∨ t x

theorem subset_union_left {α : Type} (s t : α → Prop) : Subset s (union' s t) := by
  sorry

theorem union_comm {α : Type} (s t : α → Prop) : union' s t = union' t s := by
  sorry
