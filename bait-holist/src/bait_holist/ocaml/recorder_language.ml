(* Translates OCaml expressions to the tactic language, as far as it can express them.
   Plain OCaml lexing; needs compiler-libs. *)

unset_jrh_lexer;;

module Recorder_language = struct
  open Parsetree

  exception Inexpressible of string

  (* A hole is a value known only when the proof runs, such as that of a local variable. *)
  type piece = Text of string | Hole of int

  type t =
    | Name of string
    | Value of int
    | Parameter of string
    | Apply of t * t list
    | Compose of t * t
    | List of t list
    | Tuple of t list

  (* Types: the typed expressions of the phrase, by the number that `numbered` gave each. *)

  let typed : (int, Typedtree.expression) Hashtbl.t = Hashtbl.create 10_000

  let number e = e.pexp_loc.Location.loc_end.Lexing.pos_bol

  let numbered structure =
    let last = ref 0 in
    let expr self e =
      let e = Ast_mapper.default_mapper.Ast_mapper.expr self e in
      let loc = e.pexp_loc in
      incr last;
      let loc_end = { loc.Location.loc_end with Lexing.pos_bol = !last } in
      { e with pexp_loc = { loc with Location.loc_end } } in
    let mapper = { Ast_mapper.default_mapper with Ast_mapper.expr } in
    mapper.Ast_mapper.structure mapper structure

  let learn_types structure =
    Hashtbl.reset typed;
    Typecore.reset_delayed_checks ();
    let structure, _, _, _ = Typemod.type_toplevel_phrase !Toploop.toplevel_env structure in
    let expr self (e : Typedtree.expression) =
      Hashtbl.replace typed e.Typedtree.exp_loc.Location.loc_end.Lexing.pos_bol e;
      Tast_iterator.default_iterator.Tast_iterator.expr self e in
    let iterator = { Tast_iterator.default_iterator with Tast_iterator.expr } in
    iterator.Tast_iterator.structure iterator structure

  let show_type ty =
    Printtyp.reset ();
    let text = Format.asprintf "%a" Printtyp.type_expr ty in
    let lines = List.map String.trim (String.split_on_char '\n' text) in
    String.concat " " (List.filter (fun s -> s <> "") lines)

  let type_of e =
    match Hashtbl.find_opt typed (number e) with
    | Some e -> show_type e.Typedtree.exp_type
    | None -> ""

  let constructor_of_type ty =
    match ty with
    | "term" -> Some "Term"
    | "hol_type" -> Some "Type"
    | "thm" -> Some "Theorem"
    | "term list" -> Some "Terms"
    | "thm list" -> Some "Theorems"
    | "int" -> Some "Int"
    | "string" -> Some "String"
    | _ -> None

  let is_tactic ty = ty = "tactic" || ty = "goal -> goalstate"

  (* The constructor for the argument of a function to tactics, by its type. *)
  let argument_constructor ty =
    match ty with
    | "term -> tactic" -> Some "Term"
    | "thm -> tactic" | "thm_tactic" -> Some "Theorem"
    | "int -> tactic" -> Some "Int"
    | "string -> tactic" -> Some "String"
    | "thm list -> tactic" -> Some "Theorems"
    | _ -> None

  let is_global e =
    match Hashtbl.find_opt typed (number e) with
    | Some { Typedtree.exp_desc = Typedtree.Texp_ident (path, _, _); _ } -> (
        match Env.find_value path !Toploop.toplevel_env with _ -> true | exception Not_found -> false)
    | _ -> false

  (* Shapes. *)

  let rec strip e = match e.pexp_desc with Pexp_constraint (e, _) -> strip e | _ -> e

  let name e =
    match e.pexp_desc with
    | Pexp_ident { Asttypes.txt = Longident.Lident s; _ } -> s
    | _ -> ""

  let rec spine e =
    match e.pexp_desc with
    | Pexp_apply (head, arguments) ->
        let head, first = spine (strip head) in
        (head, first @ List.map snd arguments)
    | _ -> (e, [])

  let rec elements e =
    match e.pexp_desc with
    | Pexp_construct ({ Asttypes.txt = Longident.Lident "[]"; _ }, None) -> Some []
    | Pexp_construct
        ( { Asttypes.txt = Longident.Lident "::"; _ },
          Some { pexp_desc = Pexp_tuple [ first; rest ]; _ } ) -> (
        match elements rest with Some rest -> Some (first :: rest) | None -> None)
    | _ -> None

  (* A function of one variable: the variable and the body. *)
  let lambda e =
    let of_pattern p body =
      match p.ppat_desc with
      | Ppat_var { Asttypes.txt; _ } -> Some (txt, body)
      | _ -> None in
    match e.pexp_desc with
    | Pexp_fun (Asttypes.Nolabel, None, p, body) -> of_pattern p body
    | Pexp_function [ { pc_lhs; pc_guard = None; pc_rhs } ] -> of_pattern pc_lhs pc_rhs
    | _ -> None

  let mentions names e =
    let found = ref false in
    let expr self e =
      if List.mem (name e) names then found := true;
      Ast_iterator.default_iterator.Ast_iterator.expr self e in
    let iterator = { Ast_iterator.default_iterator with Ast_iterator.expr } in
    iterator.Ast_iterator.expr iterator e;
    !found

  (* Functions without variables: `fun x -> f (g x)` is `f o g`; `fun x -> f [x]` is `f o single`. *)

  let rec occurs x t =
    match t with
    | Parameter y -> x = y
    | Name _ | Value _ -> false
    | Apply (f, arguments) -> occurs x f || List.exists (occurs x) arguments
    | Compose (f, g) -> occurs x f || occurs x g
    | List items | Tuple items -> List.exists (occurs x) items

  let compose f g = if g = Name "I" then f else Compose (f, g)

  let rec without x t =
    match t with
    | Parameter y when x = y -> Name "I"
    | List [ item ] -> compose (Name "single") (without x item)
    | Apply (f, arguments) -> (
        match List.rev arguments with
        | last :: others when not (occurs x f || List.exists (occurs x) others) ->
            let f = if others = [] then f else Apply (f, List.rev others) in
            compose f (without x last)
        | _ -> raise (Inexpressible "a function that is not a composition"))
    | _ -> raise (Inexpressible "a function that is not a composition")

  (* The translation. `holes` collects the expressions whose values are needed. *)

  let hole holes e constructor =
    holes := !holes @ [ (e, constructor) ];
    Value (List.length !holes - 1)

  let rec translate holes parameters e =
    let e = strip e in
    let ty = type_of e in
    match constructor_of_type ty with
    | Some constructor when not (mentions parameters e) -> (
        match constructor with
        | "Term" | "Type" | "Terms" | "Int" | "String" -> hole holes e constructor
        | _ -> (
            let before = !holes in
            try shape holes parameters e
            with Inexpressible _ -> holes := before; hole holes e constructor))
    | _ -> shape holes parameters e

  and shape holes parameters e =
    match elements e with
    | Some items -> List (List.map (translate holes parameters) items)
    | None -> (
        match e.pexp_desc with
        | Pexp_ident _ when List.mem (name e) parameters -> Parameter (name e)
        | Pexp_ident _ when is_global e && name e <> "" -> Name (name e)
        | Pexp_ident _ -> raise (Inexpressible ("the local variable " ^ name e ^ " : " ^ type_of e))
        | Pexp_tuple items -> Tuple (List.map (translate holes parameters) items)
        | Pexp_apply _ -> application holes parameters e
        | _ -> (
            match lambda e with
            | Some (x, body) -> without x (translate holes (x :: parameters) body)
            | None -> raise (Inexpressible "not an application of a function")))

  and application holes parameters e =
    let head, arguments = spine e in
    let head = shape holes parameters head in
    let arguments = List.map (translate holes parameters) arguments in
    match head, arguments with
    | Name "o", [ f; g ] -> Compose (f, g)
    | _ -> Apply (head, arguments)

  let pieces t =
    let rec show is_argument t =
      let wrapped items =
        if is_argument then [ Text "(" ] @ items @ [ Text ")" ] else items in
      match t with
      | Name s -> [ Text s ]
      | Value i -> [ Hole i ]
      | Parameter x -> raise (Inexpressible ("the variable " ^ x))
      | Apply (f, arguments) ->
          let argument t = Text " " :: show true t in
          wrapped (show true f @ List.concat (List.map argument arguments))
      | Compose (f, g) -> wrapped (show false f @ [ Text " o " ] @ show false g)
      | List items -> [ Text "[" ] @ separated "; " items @ [ Text "]" ]
      | Tuple items -> [ Text "(" ] @ separated ", " items @ [ Text ")" ]
    and separated separator items =
      let each i t = if i = 0 then show false t else Text separator :: show false t in
      List.concat (List.mapi each items) in
    show false t

  (* An expression in the tactic language, and the expressions behind its holes; if
     `is_function`, applied to one further hole. *)
  let express is_function e =
    let holes = ref [] in
    let translated () =
      let t = translate holes [] e in
      if is_function then Apply (t, [ Value (List.length !holes) ]) else t in
    match pieces (translated ()) with
    | pieces -> (Ok pieces, !holes)
    | exception Inexpressible reason -> (Error reason, [])
end;;
