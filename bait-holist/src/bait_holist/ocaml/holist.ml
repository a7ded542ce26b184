(* HOList's tactics that plain HOL Light lacks, in HOL Light's own language. A printed proof that
   uses one of them begins with this file. *)

set_jrh_lexer;;

let RAW_POP_TAC n : tactic =
  fun (asl,w) ->
    let before,after = try chop_list n asl with Failure _ -> failwith "RAW_POP_TAC" in
    if after = [] then failwith "RAW_POP_TAC" else
    null_meta,[before @ tl after,w],(fun _ ths -> hd ths);;

let RAW_POP_ALL_TAC : tactic =
  fun (_,w) -> null_meta,[[],w],(fun _ ths -> hd ths);;

let RAW_SUBGOAL_TAC tm : tactic =
  fun (asl,w) ->
    null_meta,[asl,tm; asl,w],
    (fun i ths -> PROVE_HYP (hd ths) (hd (tl ths)));;

let RAW_CONJUNCTS_TAC th : tactic =
  fun g ->
    null_meta,[g],
    (fun i ths ->
       let left,right = CONJ_PAIR (INSTANTIATE_ALL i th) in
       PROVE_HYP left (PROVE_HYP right (hd ths)));;

let BACKCHAIN_TAC th : tactic =
  let matching = PART_MATCH (snd o dest_imp) th in
  fun (asl,w) ->
    let th' = matching w in
    null_meta,[asl,fst (dest_imp (concl th'))],
    (fun i ths -> MATCH_MP (INSTANTIATE_ALL i th') (hd ths));;

let REAL_ARITH_TAC2 : tactic = REAL_ARITH_TAC;;

let EQ_IMP_RULE_LEFT th = fst (EQ_IMP_RULE th);;

let EQ_IMP_RULE_RIGHT th = snd (EQ_IMP_RULE th);;

let single (th:thm) = [th];;
