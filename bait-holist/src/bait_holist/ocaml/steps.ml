(* Applying tactics to goals, and replaying whole proofs. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Steps = struct
  let table =
    let table = Hashtbl.create 512 in
    let add (Language.Entry (name, _, _) as entry) = Hashtbl.add table name entry in
    List.iter add (List.rev Table.entries);
    table

  (* The facts that may be used: those bound before `before` that state none of `forbidden`. *)
  type access = { before : int; forbidden : term list; registered : (int, Library.fact) Hashtbl.t }

  let everything () = { before = max_int; forbidden = []; registered = Hashtbl.create 64 }

  let is_admitted access fact =
    fact.Library.index < access.before
    && not (List.exists (Judge.same (Hol.concl fact.Library.theorem)) access.forbidden)

  let admitted access fact =
    if is_admitted access fact then fact
    else Language.reject "%s must not be used in this proof" fact.Library.name

  let entries access name =
    match Hashtbl.find_all table name with
    | [] -> (
        match Library.find name with
        | None -> []
        | Some fact -> [ Language.Entry (name, Language.Thm, (admitted access fact).Library.theorem) ])
    | found -> found

  let registered access fingerprint =
    match Hashtbl.find_opt access.registered fingerprint with
    | None -> Language.reject "no theorem is registered as THM %d" fingerprint
    | Some fact ->
        let fact = admitted access fact in
        (fact.Library.theorem, fact.Library.name)

  let read access goal text =
    Language.tactic
      { Language.goal; entries = entries access; fact = registered access; uses_assumptions = false }
      text

  (* Subgoals that share metavariables can't be solved independently. *)
  let without_metavariables (((metavariables, _), subgoals, _) as state : goalstate) =
    if metavariables <> [] && subgoals <> [] then failwith "the tactic leaves metavariables" else state

  let assumed ((asl, w) : goal) : goal =
    (List.map (fun (label, th) -> (label, Upper.assume (Hol.concl th))) asl, w)

  let conclusions (asl : (string * thm) list) = List.map (fun (_, th) -> Hol.concl th) asl

  (* Check that proofs of the subgoals, from their assumptions only, would prove the goal: a tactic
     can leave no goals and still be wrong. *)
  let check_valid ((asl, w) : goal) (subgoals : goal list) (justify : justification) =
    let pretended (asl, w) = Upper.pretended (conclusions asl, w) in
    let th = justify null_inst (List.map pretended subgoals) in
    match Judge.fault (Upper.unproved :: conclusions asl) w th with
    | None -> ()
    | Some fault -> failwith ("the tactic is not valid: " ^ fault)

  (* Each subgoal stands on its own: the theorems behind its assumptions are dropped. *)
  let apply access (goal : goal) text =
    let tac, _ = read access goal text in
    let _, subgoals, justify = without_metavariables (tac goal) in
    let subgoals = List.map assumed subgoals in
    check_valid goal subgoals justify;
    subgoals

  (* Whole proofs *)

  exception Refused of int * string

  let message error =
    match error with
    | Failure text -> text
    | Language.Rejected text | Codec.Unknown text | Codec.Illtyped text | Sexp.Malformed text -> text
    | Limits.Timeout -> "out of time"
    | Limits.Memory | Out_of_memory -> "out of memory"
    | Stack_overflow -> "out of stack"
    | error -> Printexc.to_string error

  (* A tactic that runs the steps depth first, and passes the source of each to `tell`. *)
  let replaying access seconds steps tell =
    let rest = ref steps and index = ref (-1) in
    let refuse text = raise (Refused (!index, text)) in
    let run goal text =
      Limits.arm seconds;
      let tac, source = read access goal text in
      let state = without_metavariables (tac goal) in
      Limits.disarm ();
      tell source;
      state in
    let next (goal : goal) : goalstate =
      match !rest with
      | [] -> refuse "the proof ends before all goals are proved"
      | (text, count) :: later ->
          rest := later;
          incr index;
          let (_, subgoals, _) as state =
            try run goal text
            with Refused _ as error -> raise error
               | error -> Limits.disarm (); refuse (message error) in
          if List.length subgoals <> count then
            refuse (Printf.sprintf "%d subgoals instead of %d" (List.length subgoals) count);
          state in
    let rec solve goal = then_ next solve goal in
    let finished () = if !rest <> [] then refuse "the proof goes on after all goals are proved" in
    (solve, finished)

  let justification_seconds = 120.

  (* Prove `goal` with HOL Light's own TAC_PROOF. Raises Refused. *)
  let prove access ((asl, w) as goal : goal) seconds steps tell =
    let solve, finished = replaying access seconds steps tell in
    let th =
      match Upper.tac_proof (goal, fun g -> let state = solve g in Limits.arm justification_seconds; state) with
      | th -> Limits.disarm (); th
      | exception (Refused _ as error) -> Limits.disarm (); raise error
      | exception error -> Limits.disarm (); raise (Refused (-1, message error)) in
    finished ();
    Option.iter (fun fault -> raise (Refused (-1, fault))) (Judge.fault (conclusions asl) w th)
end;;
