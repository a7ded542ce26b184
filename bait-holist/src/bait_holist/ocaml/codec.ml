(* Terms, types and goals as S-expressions, in HOList's shape. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Codec = struct
  exception Unknown of string
  exception Illtyped of string

  let wrong what = raise (Sexp.Malformed ("not a " ^ what))

  let rec add_type b ty =
    match ty with
    | Tyvar name -> Sexp.add_atom b name
    | Tyapp (name, args) ->
        Buffer.add_char b '(';
        Sexp.add_atom b name;
        List.iter (fun arg -> Buffer.add_char b ' '; add_type b arg) args;
        Buffer.add_char b ')'

  let rec add_term b tm =
    match tm with
    | Var (name, ty) -> add_leaf b "(v " ty name
    | Const (name, ty) -> add_leaf b "(c " ty name
    | Comb (f, x) -> add_node b "(a " f x
    | Abs (v, body) -> add_node b "(l " v body
  and add_leaf b opening ty name =
    Buffer.add_string b opening;
    add_type b ty;
    Buffer.add_char b ' ';
    Sexp.add_atom b name;
    Buffer.add_char b ')'
  and add_node b opening left right =
    Buffer.add_string b opening;
    add_term b left;
    Buffer.add_char b ' ';
    add_term b right;
    Buffer.add_char b ')'

  let add_hypothesis b (label, th) =
    if label = "" then add_term b (Hol.concl th)
    else begin
      Buffer.add_string b "(h ";
      Sexp.add_atom b label;
      Buffer.add_char b ' ';
      add_term b (Hol.concl th);
      Buffer.add_char b ')'
    end

  let add_goal b ((asl, w) : goal) =
    Buffer.add_string b "(g (";
    List.iteri (fun i h -> if i > 0 then Buffer.add_char b ' '; add_hypothesis b h) asl;
    Buffer.add_string b ") ";
    add_term b w;
    Buffer.add_char b ')'

  let to_string add x =
    let b = Buffer.create 1024 in
    add b x;
    Buffer.contents b

  let rec to_type s =
    match s with
    | Sexp.Atom name -> mk_vartype name
    | Sexp.List (Sexp.Atom name :: args) -> (
        let args = List.map to_type args in
        match get_type_arity name with
        | exception Failure _ -> raise (Unknown ("no type is called " ^ name))
        | arity when arity <> List.length args ->
            raise (Illtyped (Printf.sprintf "%s takes %d types" name arity))
        | _ -> mk_type (name, args))
    | _ -> wrong "type"

  let to_constant name ty =
    match get_const_type name with
    | exception Failure _ -> raise (Unknown ("no constant is called " ^ name))
    | _ -> (
        try mk_mconst (name, ty)
        with Failure _ -> raise (Illtyped ("the constant " ^ name ^ " has no such type")))

  let rec to_term s =
    match s with
    | Sexp.List [ Sexp.Atom "v"; ty; Sexp.Atom name ] -> mk_var (name, to_type ty)
    | Sexp.List [ Sexp.Atom "c"; ty; Sexp.Atom name ] -> to_constant name (to_type ty)
    | Sexp.List [ Sexp.Atom "a"; f; x ] -> (
        let f = to_term f in
        let x = to_term x in
        try mk_comb (f, x) with Failure _ -> raise (Illtyped "an application of wrong types"))
    | Sexp.List [ Sexp.Atom "l"; v; body ] -> (
        let v = to_term v in
        let body = to_term body in
        try mk_abs (v, body) with Failure _ -> raise (Illtyped "an abstraction over no variable"))
    | _ -> wrong "term"

  let to_proposition s =
    let tm = to_term s in
    if type_of tm = bool_ty then tm else raise (Illtyped "a proposition is not of type bool")

  let to_hypothesis s =
    match s with
    | Sexp.List [ Sexp.Atom "h"; Sexp.Atom label; tm ] -> (label, Upper.assume (to_proposition tm))
    | tm -> ("", Upper.assume (to_proposition tm))

  let to_goal s : goal =
    match s with
    | Sexp.List [ Sexp.Atom "g"; Sexp.List hyps; w ] ->
        let asl = List.map to_hypothesis hyps in
        (asl, to_proposition w)
    | _ -> wrong "goal"
end;;
