(* After a library was loaded with recording: names the theorems that the recorded tactics use, runs
   each tactic that the table can express on its goal again, and reproves each theorem from its steps
   alone. Plain OCaml lexing; needs the recorder and, of the server, all up to steps.ml. *)

unset_jrh_lexer;;

module Recorder_check = struct
  let seconds = 30.

  let by_statement =
    let table = Hashtbl.create 4096 in
    let add fact =
      let key = Codec.to_string Codec.add_term (Hol.concl fact.Library.theorem) in
      if not (Hashtbl.mem table key) then Hashtbl.add table key fact in
    List.iter add Library.facts;
    table

  exception Unnamed of string

  let name_of statement before =
    match Hashtbl.find_opt by_statement statement with
    | Some fact when fact.Library.index < before -> fact.Library.name
    | _ -> raise (Unnamed "a local theorem")

  (* The text with statements in braces, outside of quotations, replaced by names. *)
  let named text before =
    let b = Buffer.create (String.length text) in
    let n = String.length text in
    let until c i = try String.index_from text i c with Not_found -> n - 1 in
    let rec go i =
      if i < n then
        match text.[i] with
        | '`' | '"' ->
            let j = until text.[i] (i + 1) in
            Buffer.add_string b (String.sub text i (j - i + 1));
            go (j + 1)
        | '{' ->
            let j = closing (i + 1) in
            Buffer.add_string b (name_of (String.sub text (i + 1) (j - i - 1)) before);
            go (j + 1)
        | c -> Buffer.add_char b c; go (i + 1)
    (* Names of constants may contain braces: a statement ends where its parentheses do. *)
    and closing i =
      let rec end_of i depth =
        if i >= n then i
        else
          match text.[i] with
          | '(' -> end_of (i + 1) (depth + 1)
          | ')' -> end_of (i + 1) (depth - 1)
          | '}' when depth = 0 -> i
          | _ -> end_of (i + 1) depth in
      end_of i 0 in
    go 0;
    Buffer.contents b

  (* Generated variables renumbered by order of occurrence: their own numbers are arbitrary. *)
  let without_numbers goals =
    let text = String.concat "\n" goals in
    let b = Buffer.create (String.length text) and seen = Hashtbl.create 16 in
    let n = String.length text in
    let rec digits i = if i < n && text.[i] >= '0' && text.[i] <= '9' then digits (i + 1) else i in
    let rec go i =
      if i < n then
        if text.[i] = '_' && i > 0 && text.[i - 1] = ' ' && digits (i + 1) > i + 2 then begin
          let j = digits (i + 1) in
          let word = String.sub text i (j - i) in
          if not (Hashtbl.mem seen word) then Hashtbl.add seen word (Hashtbl.length seen);
          Buffer.add_string b (Printf.sprintf "_#%d" (Hashtbl.find seen word));
          go j
        end
        else (Buffer.add_char b text.[i]; go (i + 1)) in
    go 0;
    Buffer.contents b

  let outcome goal text expected before =
    let access = { (Steps.everything ()) with Steps.before } in
    let goal' = Codec.to_goal (Sexp.parse goal) in
    match Limits.limited seconds (fun () -> Steps.apply access goal' text) with
    | Error (Language.Rejected reason) -> Error reason
    | Error e -> Ok ("failed: " ^ Steps.message e)
    | Ok subgoals ->
        let found = List.map (Codec.to_string Codec.add_goal) subgoals in
        Ok (if found = expected || without_numbers (goal :: found) = without_numbers (goal :: expected)
            then "same" else "different")

  type meaning =
    | Same of string
    | Other of string * string  (* how the result differed *)
    | Inexpressible of string

  type step = { goal : int; line : int; source : string; meaning : meaning; subgoals : int list }

  type proof = {
    name : string;
    binding : string;
    before : int;  (* binding index; theorems bound before it may be used *)
    file : string;
    at : int;
    inside : bool;
    goals : string array;  (* the first is the root *)
    steps : step array;  (* in the order of execution *)
  }

  let meaning goals before goal subgoals words =
    match words with
    | [ "tactic"; text ] -> (
        match named text before with
        | exception Unnamed reason -> Inexpressible reason
        | text -> (
            let expected = List.map (fun position -> goals.(position)) subgoals in
            match outcome goals.(goal) text expected before with
            | Ok "same" -> Same text
            | Ok other -> Other (text, other)
            | Error reason -> Inexpressible reason))
    | [ _; reason ] -> Inexpressible reason
    | _ -> raise (Sexp.Malformed "not a meaning")

  let reached = ref 0

  let index binding file =
    match Library.find binding with
    | Some fact when Filename.basename fact.Library.file = file ->
        reached := max !reached (fact.Library.index + 1);
        fact.Library.index
    | _ -> !reached

  let atom = function Sexp.Atom text -> text | Sexp.List _ -> raise (Sexp.Malformed "not an atom")
  let integer s = int_of_string (atom s)

  let text_of s =
    let rec add b s =
      match s with
      | Sexp.Atom text -> Sexp.add_atom b text
      | Sexp.List items -> Recorder.parenthesised b add items in
    Codec.to_string add s

  let step goals before s =
    match s with
    | Sexp.List [ goal; line; source; Sexp.List words; Sexp.List subgoals ] ->
        let goal = integer goal and subgoals = List.map integer subgoals in
        let meaning = meaning goals before goal subgoals (List.map atom words) in
        { goal; line = integer line; source = atom source; meaning; subgoals }
    | _ -> raise (Sexp.Malformed "not a step")

  let proof s =
    match s with
    | Sexp.List [ _; name; binding; file; at; inside; Sexp.List goals; Sexp.List steps ] ->
        let binding = atom binding and file = atom file in
        let before = index binding file in
        let goals = Array.of_list (List.map text_of goals) in
        let steps = Array.of_list (List.map (step goals before) steps) in
        { name = atom name; binding; before; file; at = integer at; inside = atom inside = "true";
          goals; steps }
    | _ -> raise (Sexp.Malformed "not a proof")

  (* The steps depth first, as indices; None if one is missing. *)
  let linear proof =
    let used = Array.make (Array.length proof.steps) false in
    let exception Gap in
    let rec find goal i =
      if i >= Array.length used then raise Gap
      else if (not used.(i)) && proof.steps.(i).goal = goal then i
      else find goal (i + 1) in
    let rec solve goal =
      let i = find goal 0 in
      used.(i) <- true;
      i :: List.concat_map solve proof.steps.(i).subgoals in
    match solve 0 with order -> Some order | exception Gap -> None

  (* Why the steps alone do not prove the theorem; the empty string if they do. *)
  let proves_again proof order =
    let text i =
      let step = proof.steps.(i) in
      match step.meaning with
      | Same text | Other (text, _) -> (text, List.length step.subgoals)
      | Inexpressible reason -> failwith ("a step can't be expressed: " ^ reason) in
    match
      Steps.prove
        { (Steps.everything ()) with Steps.before = proof.before }
        (Codec.to_goal (Sexp.parse proof.goals.(0)))
        seconds (List.map text order) ignore
    with
    | () -> ""
    | exception Failure reason -> reason
    | exception Steps.Refused (_, reason) -> reason
end;;
