(* Rewrites the phrases of files to record their proofs, and hooks this into the toplevel.
   Plain OCaml lexing; needs recorder.ml. *)

unset_jrh_lexer;;

module Recorder_hook = struct
  open Parsetree
  module L = Recorder_language

  let make like desc = { like with pexp_desc = desc; pexp_attributes = [] }

  let name_at like id = { Asttypes.txt = id; loc = like.pexp_loc }

  let ident like s = make like (Pexp_ident (name_at like (Longident.Lident s)))

  let recorder like s =
    make like (Pexp_ident (name_at like (Longident.Ldot (Longident.Lident "Recorder", s))))

  let apply like f arguments =
    make like (Pexp_apply (f, List.map (fun a -> (Asttypes.Nolabel, a)) arguments))

  let int like n = make like (Pexp_constant (Pconst_integer (string_of_int n, None)))

  let rec list like items =
    let construct s argument =
      make like (Pexp_construct (name_at like (Longident.Lident s), argument)) in
    match items with
    | [] -> construct "[]" None
    | first :: rest -> construct "::" (Some (make like (Pexp_tuple [ first; list like rest ])))

  let pattern like s =
    { ppat_desc = Ppat_var { Asttypes.txt = s; loc = like.pexp_loc };
      ppat_loc = like.pexp_loc; ppat_loc_stack = []; ppat_attributes = [] }

  let binding like s e =
    { pvb_pat = pattern like s; pvb_expr = e; pvb_attributes = []; pvb_loc = like.pexp_loc }

  (* The file that is being read. *)

  let file = ref ""
  let text = ref ""

  let read_text path =
    let channel = open_in_bin path in
    let content = really_input_string channel (in_channel_length channel) in
    close_in channel;
    content

  let source e =
    let loc = e.pexp_loc in
    let start = loc.Location.loc_start.Lexing.pos_cnum in
    let length = loc.Location.loc_end.Lexing.pos_cnum - start in
    match String.sub !text start length with
    | s -> s
    | exception Invalid_argument _ -> Format.asprintf "%a" Pprintast.expression e

  let line e = e.pexp_loc.Location.loc_start.Lexing.pos_lnum

  (* Elementary tactics. *)

  (* Expressions to replace by variables while their tactic is rewritten. *)
  let replaced : (expression * string) list ref = ref []

  let site e meaning =
    let number = Hashtbl.length Recorder.sites in
    Hashtbl.add Recorder.sites number { Recorder.source = source e; line = line e; meaning };
    number

  let value like kind x =
    let constructor = name_at like (Longident.Ldot (Longident.Lident "Recorder", kind)) in
    make like (Pexp_construct (constructor, Some (ident like x)))

  (* `f` makes the recorded tactic from the wrapper and the expression, whose holes are variables
     bound around it. *)
  let with_holes (self : Ast_mapper.mapper) like number holes e f =
    let name i (hole, kind) = (hole, kind, Printf.sprintf "bait_%d_%d" number i) in
    let bind (hole, _, x) = binding like x (self.Ast_mapper.expr self hole) in
    let named = List.mapi name holes in
    let bindings = List.map bind named in
    let values = List.map (fun (_, kind, x) -> value like kind x) named in
    let outer = !replaced in
    replaced := List.map (fun (hole, _, x) -> (hole, x)) named @ outer;
    let e = self.Ast_mapper.expr self e in
    replaced := outer;
    let wrapped more e =
      apply like (recorder like "leaf") [ int like number; list like (values @ more); e ] in
    let body = f wrapped e in
    if bindings = [] then body else make like (Pexp_let (Asttypes.Nonrecursive, bindings, body))

  let leaf self e =
    let meaning, holes = L.express false e in
    with_holes self e (site e meaning) holes e (fun wrapped e -> wrapped [] e)

  (* `fun x -> f x` for a function to tactics, if a value of its argument's type can be recorded. *)
  let leaf_function self like f =
    match L.argument_constructor (L.type_of f) with
    | None -> None
    | Some kind ->
        let meaning, holes = L.express true f in
        let x = "bait_x" in
        let lambda e = make like (Pexp_fun (Asttypes.Nolabel, None, pattern like x, e)) in
        Some
          (with_holes self like (site like meaning) holes f (fun wrapped f ->
               lambda (wrapped [ value like kind x ] (apply like f [ ident like x ]))))

  (* Local tactics whose definitions are recorded, so their uses need not be. *)
  let opened : string list ref = ref []

  let attempt e = apply e (recorder e "attempt") [ e ]

  let rec tactic self e =
    let again = tactic self in
    let head, arguments = L.spine e in
    match L.name head, arguments with
    | "then_", [ first; second ] -> apply e head [ again first; again second ]
    | "orelse_", [ first; second ] -> apply e head [ attempt (again first); again second ]
    | "thenl_", [ first; second ] -> (
        match L.elements second with
        | Some items -> apply e head [ again first; list second (List.map again items) ]
        | None -> leaf self e)
    | "EVERY", [ items ] -> each self e head items again
    | "FIRST", [ items ] -> each self e head items (fun item -> attempt (again item))
    | ("REPEAT" | "TRY"), [ argument ] -> apply e head [ attempt (again argument) ]
    | "MAP_EVERY", [ f; items ] -> (
        let f' = if L.lambda f = None then leaf_function self e f else opened_function self f in
        match f' with
        | Some f -> apply e head [ f; self.Ast_mapper.expr self items ]
        | None -> leaf self e)
    | s, _ when List.mem s !opened && not (L.is_global head) -> self.Ast_mapper.expr self e
    | _ -> (
        match e.pexp_desc with
        | Pexp_let (recursive, bindings, body) ->
            let bindings = local_bindings self bindings in
            make e (Pexp_let (recursive, bindings, again body))
        | Pexp_constraint (argument, ty) -> make e (Pexp_constraint (again argument, ty))
        | _ -> leaf self e)

  and each self e head items f =
    match L.elements items with
    | Some elements -> apply e head [ list items (List.map f elements) ]
    | None -> leaf self e

  (* A tactic, or a function to tactics: recorded inside if it is written out. *)
  and opened_function self e =
    let inside f = function Some inner -> Some (make e (f inner)) | None -> None in
    if L.is_tactic (L.type_of e) then if L.lambda e = None then Some (tactic self e) else None
    else
      match e.pexp_desc with
      | Pexp_fun (label, default, p, body) ->
          inside (fun inner -> Pexp_fun (label, default, p, inner)) (opened_function self body)
      | Pexp_function [ case ] ->
          inside
            (fun inner -> Pexp_function [ { case with pc_rhs = inner } ])
            (opened_function self case.pc_rhs)
      | _ -> None

  (* `let tac = ...` and `let tac x y = ...`: the tactic inside is recorded. *)
  and local_bindings self bindings =
    let one b =
      match b.pvb_pat.ppat_desc with
      | Ppat_var { Asttypes.txt; _ } -> (
          match opened_function self b.pvb_expr with
          | Some e -> opened := txt :: !opened; { b with pvb_expr = e }
          | None -> self.Ast_mapper.value_binding self b)
      | _ -> self.Ast_mapper.value_binding self b in
    List.map one bindings

  (* Proofs. *)

  let rec is_prove e =
    let e = L.strip e in
    match L.spine e with
    | head, [] -> L.name head = "prove" && L.is_global head
    | head, [ _; last ] -> L.name head = "o" && is_prove last
    | _ -> false

  let rec with_recorder number e =
    match L.spine (L.strip e) with
    | head, [ f; last ] when L.name head = "o" -> apply e head [ f; with_recorder number last ]
    | _ -> apply e (recorder e "prove") [ int e number ]

  let calls_prove structure =
    let found = ref false in
    let expr self e =
      if L.name e = "prove" then found := true;
      Ast_iterator.default_iterator.Ast_iterator.expr self e in
    let iterator = { Ast_iterator.default_iterator with Ast_iterator.expr } in
    iterator.Ast_iterator.structure iterator structure;
    !found

  (* The mapper's position within a toplevel binding. *)
  let bound = ref "" and bound_line = ref 0 and depth = ref 0
  let final : expression option ref = ref None

  (* The expression that a binding evaluates to, below its local definitions. *)
  let rec final_of e =
    match e.pexp_desc with Pexp_let (_, _, body) -> final_of body | _ -> e

  let proof self e tuple statement tac =
    let number = Hashtbl.length Recorder.places in
    let is_final = match !final with Some f -> f == e | None -> false in
    let place =
      { Recorder.name = (if is_final then !bound else ""); binding = !bound;
        at = (if is_final then !bound_line else line e); inside = !depth > 0; file = !file } in
    Hashtbl.add Recorder.places number place;
    let outer = !depth in
    let head, _ = L.spine e in
    let statement = self.Ast_mapper.expr self statement in
    let tac = tactic self tac in
    depth := outer;
    apply e (with_recorder number head) [ make tuple (Pexp_tuple [ statement; tac ]) ]

  let expression self e =
    match List.find_opt (fun (hole, _) -> hole == e) !replaced with
    | Some (_, x) -> ident e x
    | None -> (
        let head, arguments = L.spine e in
        match arguments with
        | [ ({ pexp_desc = Pexp_tuple [ statement; tac ]; _ } as tuple) ] when is_prove head ->
            proof self e tuple statement tac
        | _ -> (
            match e.pexp_desc with
            | Pexp_fun _ | Pexp_function _ ->
                incr depth;
                let e = Ast_mapper.default_mapper.Ast_mapper.expr self e in
                decr depth;
                e
            | Pexp_let (recursive, bindings, body) when L.mentions [ "prove" ] body ->
                let bindings = local_bindings self bindings in
                make e (Pexp_let (recursive, bindings, self.Ast_mapper.expr self body))
            | _ -> Ast_mapper.default_mapper.Ast_mapper.expr self e))

  let toplevel_binding self b =
    (match b.pvb_pat.ppat_desc with
     | Ppat_var { Asttypes.txt; loc } ->
         bound := txt;
         bound_line := loc.Location.loc_start.Lexing.pos_lnum;
         final := Some (final_of b.pvb_expr)
     | _ -> bound := ""; final := None);
    self.Ast_mapper.value_binding self b

  let structure_item self item =
    bound := "";
    final := None;
    match item.pstr_desc with
    | Pstr_value (recursive, bindings) ->
        { item with pstr_desc = Pstr_value (recursive, List.map (toplevel_binding self) bindings) }
    | _ -> Ast_mapper.default_mapper.Ast_mapper.structure_item self item

  let rewritten structure =
    let structure = L.numbered structure in
    L.learn_types structure;
    opened := [];
    replaced := [];
    depth := 0;
    let mapper =
      { Ast_mapper.default_mapper with Ast_mapper.expr = expression; structure_item } in
    mapper.Ast_mapper.structure mapper structure

  (* Phrases are typed in the environment in which they run: each phrase of a file becomes a directive
     that rewrites and runs it. *)

  let pending : (int, string * string * Parsetree.toplevel_phrase) Hashtbl.t = Hashtbl.create 10_000

  let execute phrase =
    if not (Toploop.execute_phrase false Format.std_formatter phrase) then raise Exit

  let run number =
    let path, content, phrase = Hashtbl.find pending number in
    Hashtbl.remove pending number;
    match phrase with
    | Ptop_def structure when calls_prove structure -> (
        file := Filename.basename path;
        text := content;
        match rewritten structure with
        | structure -> execute (Ptop_def structure)
        | exception ((Typecore.Error _ | Typemod.Error _) as e) ->
            Location.report_exception Format.std_formatter e;
            execute phrase)
    | _ -> execute phrase

  let last = ref 0

  let later path content phrase =
    incr last;
    Hashtbl.add pending !last (path, content, phrase);
    let at = Location.none in
    Ptop_dir
      { pdir_name = { Asttypes.txt = "recorder_run"; loc = at };
        pdir_arg = Some { pdira_desc = Pdir_int (string_of_int !last, None); pdira_loc = at };
        pdir_loc = at }

  let install () =
    Hashtbl.replace Toploop.directive_table "recorder_run" (Toploop.Directive_int run);
    let parse = !Toploop.parse_use_file in
    Toploop.parse_use_file :=
      fun buffer ->
        let path = !Location.input_name in
        let content = read_text path in
        List.map (later path content) (parse buffer)
end;;

Recorder_hook.install ();;

set_jrh_lexer;;
