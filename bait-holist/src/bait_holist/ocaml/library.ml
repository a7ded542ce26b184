(* The theorems of the running HOL Light in the order in which they were bound. HOL Light's own
   database is alphabetical; the order is in the toplevel's environment. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Library = struct
  type fact = {
    index : int;
    name : string;
    file : string;
    line : int;
    theorem : Hol.thm;
    earlier : int list;  (* binding indices at which the name was bound before *)
  }

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

  (* A loaded file may define other types called thm. *)
  let is_theorem =
    let env = !Toploop.toplevel_env in
    let theorems, _ = Env.find_type_by_name (Longident.Ldot (Longident.Lident "Hol", "thm")) env in
    fun (_, description) ->
      match (Ctype.repr (Ctype.expand_head env description.Types.val_type)).Types.desc with
      | Types.Tconstr (path, [], _) -> Path.same path theorems
      | _ -> false

  let relative path =
    let folder = !hol_dir ^ "/" in
    let n = String.length folder in
    if String.length path > n && String.sub path 0 n = folder then
      String.sub path n (String.length path - n)
    else path

  let fact places index (name, description) =
    let start = description.Types.val_loc.Location.loc_start in
    { index; name; file = relative start.Lexing.pos_fname; line = start.Lexing.pos_lnum;
      theorem = (Obj.obj (Toploop.getvalue name) : Hol.thm);
      earlier = List.filter (fun place -> place < index) (Hashtbl.find_all places name) }

  (* If a name was bound several times, only the last binding is visible, whatever its type. *)
  let facts =
    let values = bindings (Env.summary !Toploop.toplevel_env) [] in
    let last = Hashtbl.create 4096 and places = Hashtbl.create 4096 in
    List.iter (fun (name, description) -> Hashtbl.replace last name description) values;
    let all = List.mapi (fun i binding -> (i, binding)) (List.filter is_theorem values) in
    List.iter (fun (i, (name, _)) -> Hashtbl.add places name i) all;
    let seen (_, (name, description)) = Hashtbl.find last name == description in
    List.filter
      (fun fact -> Hol.hyp fact.theorem = [])
      (List.map (fun (i, binding) -> fact places i binding) (List.filter seen all))

  let by_name =
    let table = Hashtbl.create 4096 in
    List.iter (fun fact -> Hashtbl.replace table fact.name fact) facts;
    table

  let find name = Hashtbl.find_opt by_name name

  let stating tm = List.find_opt (fun fact -> Hol.concl fact.theorem = tm) facts
end;;
