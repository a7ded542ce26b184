(* HOL Light's values with upper-case names, for the files here that are read with OCaml's own
   lexer, which takes such a name for a constructor. *)

set_jrh_lexer;;

module Upper = struct
  let assume = ASSUME
  let tac_proof = TAC_PROOF

  (* A closed false term with a random part that no text can know. HOL Light's VALID uses _FALSITY_
     for this, but that is a constant, which tactics can name. *)
  let unproved =
    let state = Random.State.make_self_init () in
    let bit _ = if Random.State.bool state then `T` else `F` in
    list_mk_conj (`!p:bool. p` :: map bit (1--62))

  (* A theorem in place of one that is not proved yet, marked as such. *)
  let pretended (asms,w) =
    itlist ADD_ASSUM (rev asms) (SPEC w (CONJUNCT1 (ASSUME unproved)))
end;;
