(* A proof as a script that a newly started HOL Light accepts. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Script = struct
  type tree = Node of string * tree list

  (* Build a tree from a depth-first list of sources with their numbers of subgoals. *)
  let tree steps =
    let rec one steps =
      match steps with
      | [] -> failwith "the proof ends early"
      | (source, count) :: rest ->
          let children, rest = several count rest [] in
          (Node (source, children), rest)
    and several count steps found =
      if count = 0 then (List.rev found, steps)
      else
        let child, rest = one steps in
        several (count - 1) rest (child :: found) in
    fst (one steps)

  let rec add b indent (Node (source, children)) =
    Buffer.add_string b source;
    match children with
    | [] -> ()
    | [ child ] ->
        Buffer.add_string b (" THEN\n" ^ indent);
        add b indent child
    | _ ->
        Buffer.add_string b (" THENL\n" ^ indent ^ " [");
        List.iteri
          (fun i child ->
            if i > 0 then Buffer.add_string b (";\n" ^ indent ^ "  ");
            add b (indent ^ "  ") child)
          children;
        Buffer.add_char b ']'

  let own = [ "RAW_POP_TAC"; "RAW_POP_ALL_TAC"; "RAW_SUBGOAL_TAC"; "RAW_CONJUNCTS_TAC";
              "BACKCHAIN_TAC"; "REAL_ARITH_TAC2"; "EQ_IMP_RULE_LEFT"; "EQ_IMP_RULE_RIGHT"; "single" ]

  let contains text part =
    let n = String.length part in
    let rec go i = i + n <= String.length text && (String.sub text i n = part || go (i + 1)) in
    go 0

  (* `definitions` is the text of holist.ml; it precedes proofs that use what it defines. *)
  let text definitions name tm steps =
    let b = Buffer.create 1024 in
    let uses_own (source, _) = List.exists (contains source) own in
    if List.exists uses_own steps then Buffer.add_string b (definitions ^ "\n");
    Buffer.add_string b (Printf.sprintf "let %s = prove\n (%s,\n  " name (Source.term tm));
    add b "  " (tree steps);
    Buffer.add_string b ");;\n";
    Buffer.contents b
end;;
