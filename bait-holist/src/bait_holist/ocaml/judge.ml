(* Checks that the theorem a proof produced is the one that was asked for. Looks at the theorem and
   the kernel's state, never at texts. All names are the kernel's own, since loaded files may bind the
   same names. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Judge = struct
  type theory = {
    axioms : Hol.thm list;
    types : (string * int) list;
    constants : (string * Hol.hol_type) list;
    definitions : Hol.thm list;
  }

  let theory () =
    { axioms = Hol.axioms (); types = Hol.types (); constants = Hol.constants ();
      definitions = Hol.definitions () }

  (* The theory as it was when the prover had loaded; workers inherit it. *)
  let loaded = theory ()

  (* The kernel's lists grow at the front only. *)
  let rec additions now before =
    if now == before then [] else match now with [] -> [] | x :: rest -> x :: additions rest before

  (* Names of what was added to the theory since, for messages. *)
  let changes () =
    let now = theory () in
    let added what show now before =
      List.map (fun x -> "the " ^ what ^ " " ^ show x) (additions now before) in
    added "axiom" string_of_thm now.axioms loaded.axioms
    @ added "type" fst now.types loaded.types
    @ added "constant" fst now.constants loaded.constants
    @ added "definition" string_of_thm now.definitions loaded.definitions

  let same a b = Hol.alphaorder a b = 0

  (* Why the theorem is not a proof of the goal from the assumptions; None if it is one. *)
  let fault assumptions w th =
    let is_assumption h = List.exists (same h) assumptions in
    if not (same (Hol.concl th) w) then Some "another theorem was proved"
    else if not (List.for_all is_assumption (Hol.hyp th)) then
      Some "the theorem has additional assumptions"
    else
      match changes () with
      | [] -> None
      | found -> Some ("the proof changed the theory: it added " ^ String.concat ", " found)
end;;
