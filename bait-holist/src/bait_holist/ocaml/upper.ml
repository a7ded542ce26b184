(* HOL Light's values with upper-case names, for the files here that are read with OCaml's own
   lexer, to which such a name is a constructor. *)

set_jrh_lexer;;

module Upper = struct
  let assume = ASSUME
  let tac_proof = TAC_PROOF
  let falsity = `_FALSITY_`
end;;
