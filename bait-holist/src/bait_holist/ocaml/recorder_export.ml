(* Writes the recorded proofs and the theorems of the library as JSON lines. Plain OCaml
   lexing; needs recorder_check.ml.

   Environment:
     BAIT_HOLIST_RECORDING  what the recorder wrote
     BAIT_HOLIST_EXPORT     the file to write *)

unset_jrh_lexer;;

module Recorder_export = struct
  open Recorder_check

  type json = Text of string | Number of int | Truth of bool | Null | Items of json list
            | Fields of (string * json) list

  let add_text b s =
    Buffer.add_char b '"';
    String.iter
      (fun c ->
        match c with
        | '"' | '\\' -> Buffer.add_char b '\\'; Buffer.add_char b c
        | '\000' .. '\031' -> Buffer.add_string b (Printf.sprintf "\\u%04x" (Char.code c))
        | _ -> Buffer.add_char b c)
      s;
    Buffer.add_char b '"'

  let rec add b json =
    let separated opening closing add_item items =
      Buffer.add_char b opening;
      List.iteri (fun i item -> if i > 0 then Buffer.add_char b ','; add_item item) items;
      Buffer.add_char b closing in
    match json with
    | Text s -> add_text b s
    | Number n -> Buffer.add_string b (string_of_int n)
    | Truth t -> Buffer.add_string b (string_of_bool t)
    | Null -> Buffer.add_string b "null"
    | Items items -> separated '[' ']' (add b) items
    | Fields fields ->
        let field (name, value) = add_text b name; Buffer.add_char b ':'; add b value in
        separated '{' '}' field fields

  let numbers ns = Items (List.map (fun n -> Number n) ns)

  let theorem fact =
    let tm = Hol.concl fact.Library.theorem in
    Fields
      [ ("kind", Text "theorem"); ("index", Number fact.Library.index);
        ("name", Text fact.Library.name);
        ("file", Text (Filename.basename fact.Library.file)); ("line", Number fact.Library.line);
        ("statement", Text (Codec.to_string Codec.add_term tm)); ("text", Text (string_of_term tm)) ]

  let goal key =
    let goal = Codec.to_goal (Sexp.parse key) in
    Fields
      [ ("key", Text key); ("text", Text (Worker.printed goal));
        ("symbols", Items (List.map (fun c -> Text c) (Worker.constants_of goal))) ]

  let step s =
    let meaning =
      match s.meaning with
      | Same text -> [ ("tactic", Text text) ]
      | Other (text, what) -> [ ("tactic", Text text); ("deviation", Text what) ]
      | Inexpressible reason -> [ ("reason", Text reason) ] in
    Fields
      ([ ("goal", Number s.goal); ("line", Number s.line); ("source", Text s.source) ]
       @ meaning @ [ ("subgoals", numbers s.subgoals) ])

  let proof p =
    let script =
      match linear p with
      | None -> [ ("fault", Text "a step is missing") ]
      | Some order -> [ ("script", numbers order); ("fault", Text (proves_again p order)) ] in
    Fields
      ([ ("kind", Text "proof"); ("name", if p.name = "" then Null else Text p.name);
         ("binding", Text p.binding); ("index", Number p.before); ("file", Text p.file);
         ("line", Number p.at); ("is_procedural", Truth p.inside);
         ("goals", Items (List.map goal (Array.to_list p.goals)));
         ("steps", Items (List.map step (Array.to_list p.steps))) ]
       @ script)

  let run () =
    Limits.install ();
    let input = open_in_bin (Sys.getenv "BAIT_HOLIST_RECORDING") in
    let output = open_out_bin (Sys.getenv "BAIT_HOLIST_EXPORT") in
    let line json = output_string output (Codec.to_string add json ^ "\n") in
    List.iter (fun fact -> line (theorem fact)) Library.facts;
    let rec proofs () =
      match input_line input with
      | exception End_of_file -> failwith "the recording has no end"
      | "(end)" -> ()
      | text -> line (proof (Recorder_check.proof (Sexp.parse text))); proofs () in
    proofs ();
    line (Fields [ ("kind", Text "end") ]);
    close_out output
end;;
