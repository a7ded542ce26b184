(* Terms and types as OCaml source that a new HOL Light reads back exactly. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Source = struct
  let rec ocaml_type ty =
    match ty with
    | Tyvar name -> Printf.sprintf "mk_vartype %S" name
    | Tyapp (name, args) ->
        Printf.sprintf "mk_type (%S, [%s])" name (String.concat "; " (List.map ocaml_type args))

  let rec ocaml_term tm =
    match tm with
    | Var (name, ty) -> Printf.sprintf "mk_var (%S, %s)" name (ocaml_type ty)
    | Const (name, ty) -> Printf.sprintf "mk_mconst (%S, %s)" name (ocaml_type ty)
    | Comb (f, x) -> Printf.sprintf "mk_comb (%s, %s)" (ocaml_term f) (ocaml_term x)
    | Abs (v, body) -> Printf.sprintf "mk_abs (%s, %s)" (ocaml_term v) (ocaml_term body)

  (* Whether the text, in backquotes, denotes the term. A string in it may contain a backquote, and
     with a colon or semicolon at an end a quotation is not a term. *)
  let is_read_back text tm =
    let n = String.length text in
    n > 0
    && (not (String.contains text '`'))
    && (not (String.contains ":;" text.[0]))
    && text.[n - 1] <> ':'
    && try parse_term text = tm with _ -> false

  (* Each variable is named after its type, so that the printer prints annotations. *)
  let rec annotated tm =
    match tm with
    | Var (name, ty) -> mk_var (Printf.sprintf "(%s:%s)" name (string_of_type ty), ty)
    | Const _ -> tm
    | Comb (f, x) -> mk_comb (annotated f, annotated x)
    | Abs (v, body) -> mk_abs (annotated v, annotated body)

  let printed tm =
    let plain = string_of_term tm in
    if is_read_back plain tm then Some plain
    else
      let typed = try string_of_term (annotated tm) with Failure _ -> "" in
      if is_read_back typed tm then Some typed else None

  (* Lazy, since most tactics are never printed. *)
  let wanted = ref false

  let term tm =
    if not !wanted then ""
    else
      match printed tm with
      | Some text -> "`" ^ text ^ "`"
      | None -> "(" ^ ocaml_term tm ^ ")"

  let hol_type ty = if not !wanted then "" else "(" ^ ocaml_type ty ^ ")"
end;;
