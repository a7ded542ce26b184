(* The theorems of the running HOL Light in the order in which they were bound. HOL Light's own
   database is alphabetical; the order is in the toplevel's environment. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Library = struct
  type fact = { index : int; name : string; file : string; line : int; theorem : thm }

  let rec bindings summary found =
    match summary with
    | Env.Env_empty -> found
    | Env.Env_value (rest, id, description) -> bindings rest ((Ident.name id, description) :: found)
    | Env.Env_type (rest, _, _)
    | Env.Env_extension (rest, _, _)
    | Env.Env_modtype (rest, _, _)
    | Env.Env_class (rest, _, _)
    | Env.Env_cltype (rest, _, _)
    | Env.Env_module (rest, _, _, _)
    | Env.Env_open (rest, _)
    | Env.Env_functor_arg (rest, _)
    | Env.Env_constraints (rest, _)
    | Env.Env_copy_types rest
    | Env.Env_persistent (rest, _)
    | Env.Env_value_unbound (rest, _, _)
    | Env.Env_module_unbound (rest, _, _) -> bindings rest found

  let is_theorem (_, description) =
    Format.asprintf "%a" Printtyp.type_scheme description.Types.val_type = "thm"

  let relative path =
    let folder = !hol_dir ^ "/" in
    let n = String.length folder in
    if String.length path > n && String.sub path 0 n = folder then
      String.sub path n (String.length path - n)
    else path

  let fact index (name, description) =
    let start = description.Types.val_loc.Location.loc_start in
    { index; name; file = relative start.Lexing.pos_fname; line = start.Lexing.pos_lnum;
      theorem = (Obj.obj (Toploop.getvalue name) : thm) }

  (* Of a name that was bound several times only the last binding can be seen. *)
  let facts =
    let all =
      List.mapi (fun i binding -> (i, binding))
        (List.filter is_theorem (bindings (Env.summary !Toploop.toplevel_env) [])) in
    let last = Hashtbl.create 4096 in
    List.iter (fun (i, (name, _)) -> Hashtbl.replace last name i) all;
    let seen (i, (name, _)) = Hashtbl.find last name = i in
    List.filter
      (fun fact -> hyp fact.theorem = [])
      (List.map (fun (i, binding) -> fact i binding) (List.filter seen all))

  let by_name =
    let table = Hashtbl.create 4096 in
    List.iter (fun fact -> Hashtbl.replace table fact.name fact) facts;
    table

  let find name = Hashtbl.find_opt by_name name

  let stating tm = List.find_opt (fun fact -> concl fact.theorem = tm) facts
end;;
