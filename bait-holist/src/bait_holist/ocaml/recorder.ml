(* Records the human proofs of a library while it is loaded. Plain OCaml lexing; needs compiler-libs,
   sexp.ml and codec.ml, and HOL Light as far as tactics.ml.

   Each toplevel phrase of a file is typed first. In a phrase that calls `prove (term, tactic)` every
   elementary tactic is wrapped, so that it logs the goal it was given, the subgoals it returned, and
   its text in the tactic language (see recorder_language.ml). *)

unset_jrh_lexer;;

module Recorder = struct
  open Parsetree
  module L = Recorder_language

  type value =
    | Term of term
    | Type of hol_type
    | Theorem of thm
    | Terms of term list
    | Theorems of thm list
    | Int of int
    | String of string

  type site = { source : string; line : int; meaning : (L.piece list, string) result }

  type step = { site : site; values : value array; goal : goal; subgoals : goal list }

  type place = { name : string; binding : string; at : int; inside : bool; file : string }

  let sites : (int, site) Hashtbl.t = Hashtbl.create 20_000
  let places : (int, place) Hashtbl.t = Hashtbl.create 4_000
  let steps : step list ref = ref []

  (* Called by the wrapped tactics. *)

  let leaf number values (tac : tactic) : tactic =
   fun goal ->
    let before = !steps in
    let ((_, subgoals, _) as state) = tac goal in
    let site = Hashtbl.find sites number in
    steps := { site; values = Array.of_list values; goal; subgoals } :: before;
    state

  let attempt (tac : tactic) : tactic =
   fun goal ->
    let before = !steps in
    try tac goal with e -> steps := before; raise e

  (* Writing. *)

  let output = lazy (open_out (Sys.getenv "BAIT_HOLIST_RECORDING"))

  let parenthesised b add items =
    Buffer.add_char b '(';
    List.iteri (fun i item -> if i > 0 then Buffer.add_char b ' '; add b item) items;
    Buffer.add_char b ')'

  let add_number b n = Buffer.add_string b (string_of_int n)

  let write add =
    let b = Buffer.create 65536 in
    add b;
    Buffer.add_char b '\n';
    Buffer.output_buffer (Lazy.force output) b

  let quoted add x = "`" ^ Codec.to_string add x ^ "`"

  let list_of show items = "[" ^ String.concat "; " (List.map show items) ^ "]"

  (* Theorems are identified by statement here; their names in the library are resolved at the end. *)
  let statement th =
    if hyp th = [] then "{" ^ Codec.to_string Codec.add_term (concl th) ^ "}" else "{}"

  let show_value v =
    match v with
    | Term tm -> quoted Codec.add_term tm
    | Type ty -> "`:" ^ Codec.to_string Codec.add_type ty ^ "`"
    | Theorem th -> statement th
    | Terms tms -> list_of (quoted Codec.add_term) tms
    | Theorems ths -> list_of statement ths
    | Int n -> if n < 0 then Printf.sprintf "(%d)" n else string_of_int n
    | String s -> Printf.sprintf "%S" s

  let show_piece values piece =
    match piece with L.Text s -> s | L.Hole i -> show_value values.(i)

  let add_meaning b step =
    match step.site.meaning with
    | Ok pieces ->
        Buffer.add_string b "(tactic ";
        Sexp.add_atom b (String.concat "" (List.map (show_piece step.values) pieces));
        Buffer.add_char b ')'
    | Error reason ->
        Buffer.add_string b "(reason ";
        Sexp.add_atom b reason;
        Buffer.add_char b ')'

  (* (proof NAME BINDING FILE LINE INSIDE (GOAL ...) (STEP ...)): goals are referred to by index, the
     root is the first; STEP = (GOAL LINE SOURCE MEANING (SUBGOAL ...)), in the order of execution. *)
  let add_proof place root done_ b =
    let numbers = Hashtbl.create 64 and goals = ref [] in
    let number goal =
      let key = Codec.to_string Codec.add_goal goal in
      match Hashtbl.find_opt numbers key with
      | Some n -> n
      | None ->
          let n = Hashtbl.length numbers in
          Hashtbl.add numbers key n;
          goals := key :: !goals;
          n in
    let add_step b (goal, subgoals, step) =
      Buffer.add_string b (Printf.sprintf "(%d %d " goal step.site.line);
      Sexp.add_atom b step.site.source;
      Buffer.add_char b ' ';
      add_meaning b step;
      Buffer.add_char b ' ';
      parenthesised b add_number subgoals;
      Buffer.add_char b ')' in
    ignore (number root);
    let numbered =
      List.map (fun step -> let goal = number step.goal in
                            (goal, List.map number step.subgoals, step)) done_ in
    Buffer.add_string b "(proof ";
    let names = [ place.name; place.binding; place.file ] in
    List.iter (fun s -> Sexp.add_atom b s; Buffer.add_char b ' ') names;
    Buffer.add_string b (Printf.sprintf "%d %b " place.at place.inside);
    parenthesised b Buffer.add_string (List.rev !goals);
    Buffer.add_char b ' ';
    parenthesised b add_step numbered;
    Buffer.add_char b ')'

  let is_recording = ref true

  let recorded number tm tac =
    let before = !steps in
    steps := [];
    match prove (tm, tac) with
    | th ->
        let done_ = List.rev !steps in
        steps := before;
        write (add_proof (Hashtbl.find places number) ([], tm) done_);
        th
    | exception e -> steps := before; raise e

  let prove number ((tm, tac) : term * tactic) =
    if !is_recording then recorded number tm tac else prove (tm, tac)

  (* Marks that the file is complete. *)
  let finish () =
    write (fun b -> Buffer.add_string b "(end)");
    is_recording := false;
    close_out (Lazy.force output)
end;;
