(* The closed table of what a tactic text may name besides theorems: one line per entry, with its
   type. To add an entry, add its line. Nothing here may make theorems without proof (CHEAT_TAC,
   mk_thm), change the theory (new_axiom, definitions) or evaluate text. HOL Light's lexing. *)

set_jrh_lexer;;

module Table = struct
  open Language

  let (@->) a b = Fn (a,b)
  let tactic = Tactic and term = Term and thm = Thm and num = Int and string = String
  let typ = Type
  let thms = List Thm and terms = List Term
  let conv = Fn (Term,Thm)
  let rule = Fn (Thm,Thm)
  let ttac = Fn (Thm,Tactic)
  let tactics = List Tactic

  let bare_tactics : (string * tactic) list = [
    "ABS_TAC",ABS_TAC; "ANTS_TAC",ANTS_TAC; "AP_TERM_TAC",AP_TERM_TAC; "AP_THM_TAC",AP_THM_TAC;
    "ARITH_TAC",ARITH_TAC; "ASM_ARITH_TAC",ASM_ARITH_TAC; "ASM_INT_ARITH_TAC",ASM_INT_ARITH_TAC;
    "ASM_REAL_ARITH_TAC",ASM_REAL_ARITH_TAC; "BETA_TAC",BETA_TAC; "BINOP_TAC",BINOP_TAC;
    "COND_CASES_TAC",COND_CASES_TAC; "CONJ_TAC",CONJ_TAC; "DISCH_TAC",DISCH_TAC;
    "DISJ1_TAC",DISJ1_TAC; "DISJ2_TAC",DISJ2_TAC; "EQ_TAC",EQ_TAC; "GEN_TAC",GEN_TAC;
    "INDUCT_TAC",INDUCT_TAC;  "ITAUT_TAC",ITAUT_TAC;
    "LIST_INDUCT_TAC",LIST_INDUCT_TAC; "MK_COMB_TAC",MK_COMB_TAC;
    "RAW_POP_ALL_TAC",RAW_POP_ALL_TAC; "REAL_ARITH_TAC",REAL_ARITH_TAC;
    "REAL_ARITH_TAC2",REAL_ARITH_TAC2; "REFL_TAC",REFL_TAC; "STRIP_TAC",STRIP_TAC; "SELECT_ELIM_TAC",SELECT_ELIM_TAC;
    "MONO_TAC",MONO_TAC; "DIMINDEX_TAC",DIMINDEX_TAC;
    "ALL_TAC",ALL_TAC; "NO_TAC",NO_TAC; "LET_TAC",LET_TAC; "INTEGER_TAC",INTEGER_TAC;
    "NUMBER_TAC",NUMBER_TAC; "INT_ARITH_TAC",INT_ARITH_TAC;
    "ASM_FOL_TAC",ASM_FOL_TAC;
  ]

  let thm_list_tactics : (string * (thm list -> tactic)) list = [
    "ASM_MESON_TAC",ASM_MESON_TAC; "ASM_METIS_TAC",ASM_METIS_TAC; "ASM_REWRITE_TAC",ASM_REWRITE_TAC;
    "ASM_SIMP_TAC",ASM_SIMP_TAC; "MESON_TAC",MESON_TAC; "METIS_TAC",METIS_TAC;
    "ONCE_ASM_REWRITE_TAC",ONCE_ASM_REWRITE_TAC; "ONCE_ASM_SIMP_TAC",ONCE_ASM_SIMP_TAC;
    "ONCE_REWRITE_TAC",ONCE_REWRITE_TAC; "ONCE_SIMP_TAC",ONCE_SIMP_TAC;
    "PURE_ASM_REWRITE_TAC",PURE_ASM_REWRITE_TAC; "PURE_ASM_SIMP_TAC",PURE_ASM_SIMP_TAC;
    "PURE_ONCE_ASM_REWRITE_TAC",PURE_ONCE_ASM_REWRITE_TAC;
    "PURE_ONCE_REWRITE_TAC",PURE_ONCE_REWRITE_TAC; "PURE_REWRITE_TAC",PURE_REWRITE_TAC;
    "PURE_SIMP_TAC",PURE_SIMP_TAC; "REWRITE_TAC",REWRITE_TAC; "SET_TAC",SET_TAC;
    "SIMP_TAC",SIMP_TAC; "IMP_REWRITE_TAC",IMP_REWRITE_TAC;
      ]

  let thm_tactics : (string * thm_tactic) list = [
    "ACCEPT_TAC",ACCEPT_TAC;
    "ASSUME_TAC",ASSUME_TAC; "BACKCHAIN_TAC",BACKCHAIN_TAC; "CHOOSE_TAC",CHOOSE_TAC;
    "CONTR_TAC",CONTR_TAC; "DISJ_CASES_TAC",DISJ_CASES_TAC;
    "MATCH_ACCEPT_TAC",MATCH_ACCEPT_TAC; "MATCH_MP_TAC",MATCH_MP_TAC; "MP_TAC",MP_TAC;
    "RAW_CONJUNCTS_TAC",RAW_CONJUNCTS_TAC; "STRIP_ASSUME_TAC",STRIP_ASSUME_TAC;
    "STRUCT_CASES_TAC",STRUCT_CASES_TAC; "SUBST1_TAC",SUBST1_TAC; "SUBST_ALL_TAC",SUBST_ALL_TAC;
    "SUBST_VAR_TAC",SUBST_VAR_TAC;
  ]

  let term_tactics : (string * (term -> tactic)) list = [
    "ABBREV_TAC",ABBREV_TAC; "ASM_CASES_TAC",ASM_CASES_TAC; "BOOL_CASES_TAC",BOOL_CASES_TAC;
    "EXISTS_TAC",EXISTS_TAC; "RAW_SUBGOAL_TAC",RAW_SUBGOAL_TAC;
    "UNDISCH_TAC",UNDISCH_TAC; "X_GEN_TAC",X_GEN_TAC;
  ]

  let thm_tacticals : (string * thm_tactical) list = [
    "CHOOSE_THEN",CHOOSE_THEN; "CONJUNCTS_THEN",CONJUNCTS_THEN; "DISJ_CASES_THEN",DISJ_CASES_THEN;
    "FREEZE_THEN",FREEZE_THEN; "STRIP_THM_THEN",STRIP_THM_THEN; "IMP_RES_THEN",IMP_RES_THEN;
    "ANTE_RES_THEN",ANTE_RES_THEN;
  ]

  let convs : (string * conv) list = [
    "ALL_CONV",ALL_CONV; "ARITH_RULE",ARITH_RULE; "BETA_CONV",BETA_CONV;
    "CONJ_ACI_RULE",CONJ_ACI_RULE; "CONTRAPOS_CONV",CONTRAPOS_CONV; "DISJ_ACI_RULE",DISJ_ACI_RULE;
    "DNF_CONV",DNF_CONV; "CNF_CONV",CNF_CONV; "ETA_CONV",ETA_CONV;
        "GEN_BETA_CONV",GEN_BETA_CONV; "INT_ARITH",INT_ARITH;
    "INT_REDUCE_CONV",INT_REDUCE_CONV; "INT_RING",INT_RING; "INTEGER_RULE",INTEGER_RULE;
    "ITAUT",ITAUT; "NNF_CONV",NNF_CONV; "NNFC_CONV",NNFC_CONV; "NUM_ADD_CONV",NUM_ADD_CONV;
    "NUM_CANCEL_CONV",NUM_CANCEL_CONV; "NUM_NORMALIZE_CONV",NUM_NORMALIZE_CONV;
    "NUM_REDUCE_CONV",NUM_REDUCE_CONV; "NUM_RING",NUM_RING; "NUMBER_RULE",NUMBER_RULE;
    "num_CONV",num_CONV;
    "PRENEX_CONV",PRENEX_CONV; "REAL_ARITH",REAL_ARITH; "REAL_FIELD",REAL_FIELD;
    "REAL_POLY_CONV",REAL_POLY_CONV; "REAL_RAT_REDUCE_CONV",REAL_RAT_REDUCE_CONV;
    "REAL_RING",REAL_RING; "REFL",REFL; "ASSUME",ASSUME; "SELECT_CONV",SELECT_CONV;
    "SET_RULE",SET_RULE; "SKOLEM_CONV",SKOLEM_CONV; "SYM_CONV",SYM_CONV; "TAUT",TAUT;
    "WEAK_CNF_CONV",WEAK_CNF_CONV; "WEAK_DNF_CONV",WEAK_DNF_CONV; "let_CONV",let_CONV;
    "EXPAND_CASES_CONV",EXPAND_CASES_CONV;
    "LAMBDA_ELIM_CONV",LAMBDA_ELIM_CONV; "CONDS_ELIM_CONV",CONDS_ELIM_CONV;
    "COND_ELIM_CONV",COND_ELIM_CONV; "CONDS_CELIM_CONV",CONDS_CELIM_CONV;
    "HAS_SIZE_CONV",HAS_SIZE_CONV;
  ]

  let conv_functions : (string * (conv -> conv)) list = [
    "I",I; "ABS_CONV",ABS_CONV; "BINDER_CONV",BINDER_CONV; "BINOP_CONV",BINOP_CONV;
    "CHANGED_CONV",CHANGED_CONV; "COMB_CONV",COMB_CONV;
    "DEPTH_CONV",DEPTH_CONV; "LAND_CONV",LAND_CONV; "ONCE_DEPTH_CONV",ONCE_DEPTH_CONV;
    "RAND_CONV",RAND_CONV; "RATOR_CONV",RATOR_CONV; "REDEPTH_CONV",REDEPTH_CONV;
    "REPEATC",REPEATC; "SUB_CONV",SUB_CONV; "TOP_DEPTH_CONV",TOP_DEPTH_CONV;
    "TOP_SWEEP_CONV",TOP_SWEEP_CONV; "TRY_CONV",TRY_CONV;
  ]

  let rules : (string * (thm -> thm)) list = [
    "BETA_RULE",BETA_RULE; "CONJUNCT1",CONJUNCT1; "CONJUNCT2",CONJUNCT2;
    "DENUMERAL",DENUMERAL; "DISCH_ALL",DISCH_ALL; "EQF_ELIM",EQF_ELIM; "EQF_INTRO",EQF_INTRO;
    "EQT_ELIM",EQT_ELIM; "EQT_INTRO",EQT_INTRO; "EQ_IMP_RULE_LEFT",EQ_IMP_RULE_LEFT;
    "EQ_IMP_RULE_RIGHT",EQ_IMP_RULE_RIGHT; "EXISTENCE",EXISTENCE; "GEN_ALL",GEN_ALL; "GSYM",GSYM;
    "INT_OF_REAL_THM",INT_OF_REAL_THM; "LE_IMP",LE_IMP; "NOT_ELIM",NOT_ELIM; "NOT_INTRO",NOT_INTRO;
    "REAL_LE_IMP",REAL_LE_IMP; "REAL_LET_IMP",REAL_LET_IMP; "SELECT_RULE",SELECT_RULE;
    "SPEC_ALL",SPEC_ALL; "SYM",SYM; "UNDISCH",UNDISCH; "UNDISCH_ALL",UNDISCH_ALL;
  ]

  let rewrite_rules : (string * (thm list -> thm -> thm)) list = [
    "ASM_REWRITE_RULE",ASM_REWRITE_RULE; "ONCE_ASM_REWRITE_RULE",ONCE_ASM_REWRITE_RULE;
    "ONCE_REWRITE_RULE",ONCE_REWRITE_RULE; "ONCE_SIMP_RULE",ONCE_SIMP_RULE;
    "PURE_ASM_REWRITE_RULE",PURE_ASM_REWRITE_RULE;
    "PURE_ONCE_ASM_REWRITE_RULE",PURE_ONCE_ASM_REWRITE_RULE;
    "PURE_ONCE_REWRITE_RULE",PURE_ONCE_REWRITE_RULE; "PURE_REWRITE_RULE",PURE_REWRITE_RULE;
    "PURE_SIMP_RULE",PURE_SIMP_RULE; "REWRITE_RULE",REWRITE_RULE; "SIMP_RULE",SIMP_RULE;
    "SUBS",SUBS;
  ]

  let binary_rules : (string * (thm -> thm -> thm)) list = [
    "CONJ",CONJ; "DEDUCT_ANTISYM_RULE",DEDUCT_ANTISYM_RULE; "EQ_MP",EQ_MP;
    "IMP_ANTISYM_RULE",IMP_ANTISYM_RULE; "IMP_TRANS",IMP_TRANS; "MATCH_MP",MATCH_MP;
    "MK_CONJ",MK_CONJ; "MK_DISJ",MK_DISJ; "MP",MP;
    "PROVE_HYP",PROVE_HYP; "SIMPLE_DISJ_CASES",SIMPLE_DISJ_CASES; "TRANS",TRANS;
  ]

  let others : entry list = [
    (* tactics *)
    Entry ("CONV_TAC",conv @-> tactic,CONV_TAC);
    Entry ("GEN_REWRITE_TAC",(conv @-> conv) @-> thms @-> tactic,GEN_REWRITE_TAC);
    Entry ("LABEL_TAC",string @-> thm @-> tactic,LABEL_TAC);
    Entry ("RAW_POP_TAC",num @-> tactic,RAW_POP_TAC);
    Entry ("RULE_ASSUM_TAC",rule @-> tactic,RULE_ASSUM_TAC);
    Entry ("SPEC_TAC",Pair (term,term) @-> tactic,SPEC_TAC);
    Entry ("TRANS_TAC",thm @-> term @-> tactic,TRANS_TAC);
    Entry ("X_CHOOSE_TAC",term @-> thm @-> tactic,X_CHOOSE_TAC);
    Entry ("EXPAND_TAC",string @-> tactic,EXPAND_TAC);
    Entry ("UNDISCH_THEN",term @-> ttac @-> tactic,UNDISCH_THEN);
    Entry ("SUBGOAL_THEN",term @-> ttac @-> tactic,SUBGOAL_THEN);
    Entry ("WF_INDUCT_TAC",term @-> tactic,WF_INDUCT_TAC);
    Entry ("DISCH_THEN",ttac @-> tactic,DISCH_THEN);
    Entry ("POP_ASSUM",ttac @-> tactic,POP_ASSUM);
    Entry ("FIRST_ASSUM",ttac @-> tactic,FIRST_ASSUM);
    Entry ("FIRST_X_ASSUM",ttac @-> tactic,FIRST_X_ASSUM);
    Entry ("EVERY_ASSUM",ttac @-> tactic,EVERY_ASSUM);
    Entry ("ASSUM_LIST",(thms @-> tactic) @-> tactic,ASSUM_LIST);
    Entry ("POP_ASSUM_LIST",(thms @-> tactic) @-> tactic,POP_ASSUM_LIST);
    Entry ("USE_THEN",string @-> ttac @-> tactic,USE_THEN);
    Entry ("REMOVE_THEN",string @-> ttac @-> tactic,REMOVE_THEN);
    Entry ("MAP_EVERY",(term @-> tactic) @-> terms @-> tactic,MAP_EVERY);
    Entry ("MAP_EVERY",(thm @-> tactic) @-> thms @-> tactic,MAP_EVERY);
    Entry ("MAP_FIRST",(thm @-> tactic) @-> thms @-> tactic,MAP_FIRST);
    Entry ("ASM",(thms @-> tactic) @-> thms @-> tactic,ASM);
    Entry ("HYP",(thms @-> tactic) @-> string @-> thms @-> tactic,HYP);
    Entry ("HYP_TAC",string @-> rule @-> tactic,HYP_TAC);
    Entry ("INTRO_TAC",string @-> tactic,INTRO_TAC);
    Entry ("CLAIM_TAC",string @-> term @-> tactic,CLAIM_TAC);
    Entry ("REFUTE_THEN",ttac @-> tactic,REFUTE_THEN);
    Entry ("REPLICATE_TAC",num @-> tactic @-> tactic,REPLICATE_TAC);
    Entry ("CHANGED_TAC",tactic @-> tactic,CHANGED_TAC);
    Entry ("then_",tactic @-> tactic @-> tactic,then_);
    Entry ("thenl_",tactic @-> tactics @-> tactic,thenl_);
    Entry ("REPEAT",tactic @-> tactic,REPEAT);
    Entry ("TRY",tactic @-> tactic,TRY);
    Entry ("FIRST",tactics @-> tactic,FIRST);
    Entry ("EVERY",tactics @-> tactic,EVERY);
    (* theorem tactics *)
    Entry ("X_CHOOSE_THEN",term @-> ttac @-> thm @-> tactic,X_CHOOSE_THEN);
    Entry ("CONJUNCTS_THEN2",ttac @-> ttac @-> thm @-> tactic,CONJUNCTS_THEN2);
    Entry ("DISJ_CASES_THEN2",ttac @-> ttac @-> thm @-> tactic,DISJ_CASES_THEN2);
    Entry ("REPEAT_TCL",(ttac @-> thm @-> tactic) @-> ttac @-> thm @-> tactic,REPEAT_TCL);
    Entry ("REPEAT_GTCL",(ttac @-> thm @-> tactic) @-> ttac @-> thm @-> tactic,REPEAT_GTCL);
    Entry ("K",tactic @-> ttac,K);
    (* conversions *)
    Entry ("MESON",thms @-> conv,MESON);
    Entry ("AC",thm @-> conv,AC);
    Entry ("PART_MATCH",(term @-> term) @-> thm @-> conv,PART_MATCH);
    Entry ("thenc_",conv @-> conv @-> conv,thenc_);
    Entry ("REWR_CONV",thm @-> conv,REWR_CONV);
    Entry ("REWRITE_CONV",thms @-> conv,REWRITE_CONV);
    Entry ("ONCE_REWRITE_CONV",thms @-> conv,ONCE_REWRITE_CONV);
    Entry ("PURE_REWRITE_CONV",thms @-> conv,PURE_REWRITE_CONV);
    Entry ("PURE_ONCE_REWRITE_CONV",thms @-> conv,PURE_ONCE_REWRITE_CONV);
    Entry ("SIMP_CONV",thms @-> conv,SIMP_CONV);
    Entry ("GEN_REWRITE_CONV",(conv @-> conv) @-> thms @-> conv,GEN_REWRITE_CONV);
    Entry ("PAT_CONV",term @-> conv @-> conv,PAT_CONV);
    Entry ("PATH_CONV",string @-> conv @-> conv,PATH_CONV);
    Entry ("ALPHA_CONV",term @-> conv,ALPHA_CONV);
    Entry ("GEN_ALPHA_CONV",term @-> conv,GEN_ALPHA_CONV);
    Entry ("DEPTH_BINOP_CONV",term @-> conv @-> conv,DEPTH_BINOP_CONV);
    Entry ("EVERY_CONV",List conv @-> conv,EVERY_CONV);
    Entry ("FIRST_CONV",List conv @-> conv,FIRST_CONV);
    Entry ("BINOP2_CONV",conv @-> conv @-> conv,BINOP2_CONV);
    Entry ("COMB2_CONV",conv @-> conv @-> conv,COMB2_CONV);
    Entry ("funpow",num @-> (conv @-> conv) @-> conv @-> conv,funpow);
    Entry ("APPLY",(conv @-> conv) @-> conv @-> conv,I);
    Entry ("COMPOSE",List (conv @-> conv) @-> conv @-> conv,(fun fs c -> itlist I fs c));
    (* rules *)
    Entry ("SPEC",term @-> thm @-> thm,SPEC);
    Entry ("SPECL",terms @-> thm @-> thm,SPECL);
    Entry ("ISPEC",term @-> thm @-> thm,ISPEC);
    Entry ("ISPECL",terms @-> thm @-> thm,ISPECL);
    Entry ("GEN",term @-> thm @-> thm,GEN);
    Entry ("GENL",terms @-> thm @-> thm,GENL);
    Entry ("DISCH",term @-> thm @-> thm,DISCH);
    Entry ("AP_TERM",term @-> thm @-> thm,AP_TERM);
    Entry ("AP_THM",thm @-> term @-> thm,AP_THM);
    Entry ("ADD_ASSUM",term @-> thm @-> thm,ADD_ASSUM);
    Entry ("PINST",List (Pair (typ,typ)) @-> List (Pair (term,term)) @-> thm @-> thm,PINST);
    Entry ("INST",List (Pair (term,term)) @-> thm @-> thm,INST);
    Entry ("INST_TYPE",List (Pair (typ,typ)) @-> thm @-> thm,INST_TYPE);
    Entry ("CONV_RULE",conv @-> thm @-> thm,CONV_RULE);
    Entry ("GEN_REWRITE_RULE",(conv @-> conv) @-> thms @-> thm @-> thm,GEN_REWRITE_RULE);
    Entry ("DISJ_CASES",thm @-> thm @-> thm @-> thm,DISJ_CASES);
    Entry ("CONJUNCTS",thm @-> thms,CONJUNCTS);
    Entry ("end_itlist",(thm @-> thm @-> thm) @-> thms @-> thm,end_itlist);
    Entry ("el",num @-> thms @-> thm,el);
    Entry ("hd",thms @-> thm,hd);
    Entry ("last",thms @-> thm,last);
    Entry ("map",rule @-> thms @-> thms,map);
    Entry ("rev",thms @-> thms,rev);
    Entry ("single",thm @-> thms,single);
    Entry ("C",(thm @-> thm @-> thm) @-> thm @-> rule,C);
    Entry ("C",(thm @-> term @-> thm) @-> term @-> rule,C);
    (* terms *)
    Entry ("lhand",term @-> term,lhand);
    Entry ("rand",term @-> term,rand);
    Entry ("rator",term @-> term,rator);
    Entry ("W",(thm @-> thm @-> thm) @-> thm @-> thm,W);
  ]

  let entries : entry list =
    let of_type ty = map (fun (name,value) -> Entry (name,ty,value)) in
    of_type tactic bare_tactics @
    of_type (thms @-> tactic) thm_list_tactics @
    of_type ttac thm_tactics @
    of_type (term @-> tactic) term_tactics @
    of_type (ttac @-> ttac) thm_tacticals @
    of_type conv convs @
    of_type (conv @-> conv) conv_functions @
    of_type rule rules @
    of_type (thms @-> rule) rewrite_rules @
    of_type (thm @-> rule) binary_rules @
    others
end;;
