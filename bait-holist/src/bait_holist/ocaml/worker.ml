(* One session: reads requests from its client, one per line, and answers each with one line; see
   docs/hol-light-protocol.md. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Worker = struct
  open Sexp

  let protocol = 2
  let max_line = 16 * 1024 * 1024

  type t = {
    socket : Unix.file_descr;
    definitions : string;
    incoming : Buffer.t;
    mutable start : int;  (* of the unread part of `incoming` *)
    chunk : Bytes.t;
    goals : (int, goal) Hashtbl.t;
    ids : (string, int) Hashtbl.t;
    mutable access : Steps.access;
  }

  let create socket definitions =
    { socket; definitions; incoming = Buffer.create 65536; start = 0; chunk = Bytes.create 65536;
      goals = Hashtbl.create 1024; ids = Hashtbl.create 1024; access = Steps.everything () }

  exception Gone
  exception Too_large

  (* Lines in and out *)

  let rec send_all socket text from =
    if from < String.length text then
      let sent =
        try Unix.single_write_substring socket text from (String.length text - from)
        with Unix.Unix_error (Unix.EINTR, _, _) -> 0 in
      send_all socket text (from + sent)

  let rec receive w =
    match Unix.read w.socket w.chunk 0 (Bytes.length w.chunk) with
    | 0 -> raise Gone
    | n -> Buffer.add_subbytes w.incoming w.chunk 0 n
    | exception Unix.Unix_error (Unix.EINTR, _, _) -> receive w
    | exception Unix.Unix_error (Unix.ECONNRESET, _, _) -> raise Gone

  (* While a tactic runs nothing is read: check now and then whether the client is still there. *)
  let look_for_client w =
    let readable, _, _ = Unix.select [ w.socket ] [] [] 0. in
    if readable <> [] && Buffer.length w.incoming < 2 * max_line then
      try receive w with Gone -> Limits.exit_now 0

  (* The part that was read is dropped only once it is the larger one: copying is not free. *)
  let take_line w stop =
    let line = Buffer.sub w.incoming w.start (stop - w.start) in
    w.start <- stop + 1;
    if 2 * w.start > Buffer.length w.incoming then begin
      let rest = Buffer.sub w.incoming w.start (Buffer.length w.incoming - w.start) in
      Buffer.clear w.incoming;
      Buffer.add_string w.incoming rest;
      w.start <- 0
    end;
    line

  let rec line_end w from =
    if from >= Buffer.length w.incoming then None
    else if Buffer.nth w.incoming from = '\n' then Some from
    else line_end w (from + 1)

  let rec read_line ?(from = 0) w =
    match line_end w (max from w.start) with
    | Some stop -> take_line w stop
    | None when Buffer.length w.incoming - w.start > max_line -> raise Too_large
    | None ->
        let from = Buffer.length w.incoming in
        receive w;
        read_line ~from w

  (* Replies *)

  let quoted text =
    let b = Buffer.create (String.length text + 8) in
    Sexp.add_quoted b text;
    Buffer.contents b

  let error kind text = Printf.sprintf "(error %s %s)" kind (quoted text)

  let constants_of ((asl, w) : goal) =
    let seen = Hashtbl.create 64 in
    let rec add found tm =
      match tm with
      | Const (name, _) when Hashtbl.mem seen name -> found
      | Const (name, _) -> Hashtbl.add seen name (); name :: found
      | Var _ -> found
      | Comb (f, x) -> add (add found f) x
      | Abs (_, body) -> add found body in
    List.rev (List.fold_left add (add [] w) (Steps.conclusions asl))

  let without_outer_newlines text =
    let n = String.length text in
    let rec first i = if i < n && text.[i] = '\n' then first (i + 1) else i in
    let rec last i = if i > 0 && text.[i - 1] = '\n' then last (i - 1) else i in
    let from = first 0 in
    String.sub text from (max 0 (last n - from))

  let printed goal = without_outer_newlines (Format.asprintf "%a" pp_print_goal goal)

  (* A goal in replies: `(ID)`, and the first time also its key, printed form and constants. The size
     of the key lets clients cut it out without parsing. *)
  let entry w goal =
    let key = Codec.to_string Codec.add_goal goal in
    match Hashtbl.find_opt w.ids key with
    | Some id -> Printf.sprintf "(%d)" id
    | None ->
        let id = Hashtbl.length w.ids in
        Hashtbl.add w.ids key id;
        Hashtbl.add w.goals id goal;
        let b = Buffer.create (2 * String.length key) in
        Buffer.add_string b (Printf.sprintf "(%d %d %s " id (String.length key) key);
        Sexp.add_quoted b (printed goal);
        Buffer.add_string b " (";
        List.iteri
          (fun i name -> if i > 0 then Buffer.add_char b ' '; Sexp.add_atom b name)
          (constants_of goal);
        Buffer.add_string b "))";
        Buffer.contents b

  let goal_of w id =
    match Hashtbl.find_opt w.goals id with
    | Some goal -> goal
    | None -> raise (Codec.Unknown (Printf.sprintf "there is no goal %d" id))

  let failure error =
    match error with
    | Limits.Timeout -> ("timeout", "out of time")
    | Language.Rejected _ | Codec.Unknown _ | Codec.Illtyped _ | Sexp.Malformed _ ->
        ("rejected", Steps.message error)
    | error -> ("error", Steps.message error)

  let apply w id text seconds =
    let goal = goal_of w id in
    let start = Sys.time () in
    let outcome = Limits.limited seconds (fun () -> Steps.apply w.access goal text) in
    let spent = Sys.time () -. start in
    match outcome with
    | Ok [] -> Printf.sprintf "(proved %.6f)" spent
    | Ok subgoals ->
        let entries = List.map (entry w) subgoals in
        Printf.sprintf "(subgoals %.6f %s)" spent (String.concat " " entries)
    | Error error ->
        let kind, text = failure error in
        Printf.sprintf "(failed %s %s %.6f)" kind (quoted text) spent

  let step s =
    match s with
    | List [ Atom text; Atom count ] -> (text, int_of_string count)
    | _ -> raise (Malformed "not a step")

  let check w goal steps seconds =
    let start = Sys.time () in
    match Steps.prove w.access goal seconds (List.map step steps) ignore with
    | () -> Printf.sprintf "(accepted %.6f)" (Sys.time () -. start)
    | exception Steps.Refused (index, text) ->
        Printf.sprintf "(refused %d %s %.6f)" index (quoted text) (Sys.time () -. start)

  let script_seconds = 60.

  let script w name goal steps =
    let steps = List.map step steps in
    let sources = ref [] in
    Source.wanted := true;
    Steps.prove w.access goal script_seconds steps (fun source -> sources := source :: !sources);
    let sources = List.combine (List.rev !sources) (List.map snd steps) in
    Printf.sprintf "(script %s)" (quoted (Script.text w.definitions name (snd goal) sources))

  let parse_seconds = 10.

  (* HOL Light skips comments, and the rest may be another statement. *)
  let without_comment text =
    let mark = !comment_token in
    comment_token := Resword "";
    let tokens = Fun.protect ~finally:(fun () -> comment_token := mark) (fun () -> lex (explode text)) in
    if List.mem mark tokens then raise (Codec.Illtyped "the statement has a comment, which begins with //");
    text

  let parse text =
    match Limits.limited parse_seconds (fun () -> parse_term (without_comment text)) with
    | Error error -> Stdlib.raise error
    | Ok tm when type_of tm <> bool_ty -> raise (Codec.Illtyped "the statement is not of type bool")
    | Ok tm -> (
        match frees tm with
        | [] -> Printf.sprintf "(term %s %s)" (Codec.to_string Codec.add_term tm) (quoted (string_of_term tm))
        | free ->
            let names = String.concat ", " (List.map (fun v -> fst (dest_var v)) free) in
            raise (Codec.Illtyped ("the statement has free variables: " ^ names)))

  let fact f =
    let statement = Hol.concl f.Library.theorem in
    Printf.sprintf " (theorem %d %s %s %d %s %s (%s))" f.Library.index (quoted f.Library.name)
      (quoted f.Library.file) f.Library.line
      (Codec.to_string Codec.add_term statement)
      (quoted (string_of_term statement))
      (String.concat " " (List.map string_of_int f.Library.earlier))

  let axiom th =
    Printf.sprintf " (%s %s)" (Codec.to_string Codec.add_term (Hol.concl th)) (quoted (string_of_thm th))

  let register w fingerprint tm =
    match Library.stating tm with
    | None -> raise (Codec.Unknown "no theorem of the library has this statement")
    | Some fact ->
        Hashtbl.replace w.access.Steps.registered fingerprint fact;
        Printf.sprintf "(registered %s)" (quoted fact.Library.name)

  let admit w index forbidden =
    let before = if index < 0 then max_int else index in
    w.access <- { w.access with Steps.before; forbidden = List.map Codec.to_term forbidden };
    "(ok)"

  let number text = try float_of_string text with Failure _ -> raise (Malformed "not a number")
  let integer text = try int_of_string text with Failure _ -> raise (Malformed "not a number")

  let answer w request =
    match request with
    | List [ Atom "apply"; Atom id; Atom text; Atom seconds ] ->
        apply w (integer id) text (number seconds)
    | List [ Atom "goal"; goal ] ->
        Printf.sprintf "(goal %s)" (entry w (Codec.to_goal goal))
    | List [ Atom "admit"; Atom index; List forbidden ] -> admit w (integer index) forbidden
    | List [ Atom "parse"; Atom text ] -> parse text
    | List [ Atom "check"; goal; List steps; Atom seconds ] ->
        check w (Codec.to_goal goal) steps (number seconds)
    | List [ Atom "script"; Atom name; goal; List steps ] ->
        script w name (Codec.to_goal goal) steps
    | List [ Atom "library" ] ->
        Printf.sprintf "(library%s)" (String.concat "" (List.map fact Library.facts))
    | List [ Atom "axioms" ] ->
        Printf.sprintf "(axioms%s)" (String.concat "" (List.map axiom (Hol.axioms ())))
    | List [ Atom "register"; Atom fingerprint; tm ] ->
        register w (integer fingerprint) (Codec.to_term tm)
    | _ -> raise (Malformed "not a request")

  let reply w line =
    try answer w (Sexp.parse line) with
    | Sexp.Malformed text -> error "malformed" text
    | Codec.Unknown text -> error "unknown" text
    | Codec.Illtyped text -> error "illtyped" text
    | Steps.Refused (_, text) | Failure text -> error "failed" text
    | Gone -> raise Gone
    | other -> error "failed" (Steps.message other)

  let greeting () =
    Printf.sprintf "(bait-holist %d %d (%d %d %d %d %d) %s %s)" protocol (Unix.getpid ())
      (List.length Library.facts)
      (List.length (Hol.axioms ())) (List.length (Hol.constants ()))
      (List.length (Hol.types ())) (List.length (Hol.definitions ())) (quoted hol_version)
      (quoted !hol_dir)

  let watch_client w =
    Sys.set_signal Sys.sigalrm (Sys.Signal_handle (fun _ -> if !Limits.armed then look_for_client w));
    ignore (Unix.setitimer Unix.ITIMER_REAL { Unix.it_value = 0.25; Unix.it_interval = 0.25 })

  let rec serve w =
    match read_line w with
    | "(quit)" -> send_all w.socket "(bye)\n" 0
    | line ->
        send_all w.socket (reply w line ^ "\n") 0;
        serve w
    | exception Too_large ->
        send_all w.socket (error "toolarge" "a request exceeds 16 MiB" ^ "\n") 0

  let run w =
    Limits.install ();
    watch_client w;
    try
      send_all w.socket (greeting () ^ "\n") 0;
      serve w
    with Gone | Unix.Unix_error _ -> ()
end;;
