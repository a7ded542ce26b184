(* HOL Light's values with upper-case names, for the files here that are read with OCaml's own
   lexer, to which such a name is a constructor. *)

set_jrh_lexer;;

module Upper = struct
  let assume = ASSUME
  let tac_proof = TAC_PROOF

  (* False, closed, and with a random tail that no text can know. HOL Light's own _FALSITY_, which
     its VALID uses for the same, is a constant that tactics can name. *)
  let unproved =
    let state = Random.State.make_self_init () in
    let bit _ = if Random.State.bool state then `T` else `F` in
    list_mk_conj (`!p:bool. p` :: map bit (1--62))

  (* A theorem that stands for one that is not proved yet, and says so. *)
  let pretended (asms,w) =
    itlist ADD_ASSUM (rev asms) (SPEC w (CONJUNCT1 (ASSUME unproved)))
end;;
