(* The tactic language: typed applications of the entries of a closed table, and nothing else.
   Reading a text yields a value of the requested type, with OCaml source that denotes the same value
   in plain HOL Light. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Language = struct
  type _ ty =
    | Term : term ty
    | Type : hol_type ty
    | Thm : thm ty
    | Int : int ty
    | String : string ty
    | Tactic : tactic ty
    | List : 'a ty -> 'a list ty
    | Pair : 'a ty * 'b ty -> ('a * 'b) ty
    | Fn : 'a ty * 'b ty -> ('a -> 'b) ty

  type entry = Entry : string * 'a ty * 'a -> entry

  (* The text is refused: not in the language, or not allowed here. *)
  exception Rejected of string

  (* A value, its source, and whether the source is an application that needs parentheses. *)
  type 'a read = { value : 'a; source : string; compound : bool }

  type context = {
    goal : goal;
    entries : string -> entry list;  (* table and theorems by name *)
    fact : int -> thm * string;  (* theorem by fingerprint, and its name *)
    mutable uses_assumptions : bool;
  }

  let reject format = Printf.ksprintf (fun message -> raise (Rejected message)) format

  let rec show : type a. a ty -> string = function
    | Term -> "term"
    | Type -> "type"
    | Thm -> "theorem"
    | Int -> "number"
    | String -> "string"
    | Tactic -> "tactic"
    | List ty -> show ty ^ " list"
    | Pair (a, b) -> Printf.sprintf "(%s, %s)" (show a) (show b)
    | Fn (a, b) -> Printf.sprintf "(%s -> %s)" (show a) (show b)

  type (_, _) equality = Equal : ('a, 'a) equality

  let rec equal : type a b. a ty -> b ty -> (a, b) equality option =
   fun a b ->
    match (a, b) with
    | Term, Term -> Some Equal
    | Type, Type -> Some Equal
    | Thm, Thm -> Some Equal
    | Int, Int -> Some Equal
    | String, String -> Some Equal
    | Tactic, Tactic -> Some Equal
    | List x, List y -> ( match equal x y with Some Equal -> Some Equal | None -> None)
    | Pair (x, x'), Pair (y, y') -> (
        match (equal x y, equal x' y') with Some Equal, Some Equal -> Some Equal | _ -> None)
    | Fn (x, x'), Fn (y, y') -> (
        match (equal x y, equal x' y') with Some Equal, Some Equal -> Some Equal | _ -> None)
    | _ -> None

  (* Words *)

  type token =
    | Left
    | Right
    | Open
    | Close
    | Semicolon
    | Comma
    | Compose
    | Name of string
    | Number of int
    | Text of string
    | Quotation of string

  let max_tokens = 10_000

  let is_name_char c =
    match c with
    | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' | '\'' -> true
    | _ -> false

  let word text =
    if text = "o" then Compose
    else
      match text.[0] with
      | '0' .. '9' -> (
          match int_of_string_opt text with
          | Some n -> Number n
          | None -> reject "%s is not a number" text)
      | _ -> Name text

  let tokens text =
    let n = String.length text in
    let until delimiter i =
      match String.index_from_opt text i delimiter with
      | Some j -> j
      | None -> reject "no closing %c in the tactic" delimiter in
    let rec name_end i = if i < n && is_name_char text.[i] then name_end (i + 1) else i in
    let rec go i found count =
      if count > max_tokens then reject "a tactic of more than %d words" max_tokens
      else if i >= n then List.rev found
      else
        let next j token = go j (token :: found) (count + 1) in
        match text.[i] with
        | ' ' | '\n' | '\t' -> go (i + 1) found count
        | '(' -> next (i + 1) Left
        | ')' -> next (i + 1) Right
        | '[' -> next (i + 1) Open
        | ']' -> next (i + 1) Close
        | ';' -> next (i + 1) Semicolon
        | ',' -> next (i + 1) Comma
        | '`' ->
            let j = until '`' (i + 1) in
            next (j + 1) (Quotation (String.sub text (i + 1) (j - i - 1)))
        | '"' ->
            let j = until '"' (i + 1) in
            next (j + 1) (Text (String.sub text (i + 1) (j - i - 1)))
        | c when is_name_char c ->
            let j = name_end i in
            next j (word (String.sub text i (j - i)))
        | c -> reject "the character %C has no meaning in a tactic" c in
    Array.of_list (go 0 [] 0)

  (* Reading *)

  type reader = { words : token array; mutable at : int; context : context }

  let peek r = if r.at < Array.length r.words then Some r.words.(r.at) else None

  let advance r = r.at <- r.at + 1

  let expect r token what = if peek r = Some token then advance r else reject "%s is missing" what

  let simple value source = { value; source; compound = false }

  let argument read = if read.compound then "(" ^ read.source ^ ")" else read.source

  let proposition_in_goal ((asl, w) : goal) text =
    let variables = freesl (w :: List.map (fun (_, th) -> Hol.concl th) asl) in
    let typing = List.map (fun v -> (fst (dest_var v), pretype_of_type (type_of v))) variables in
    match (parse_preterm o lex o explode) text with
    | preterm, [] -> (term_of_preterm o retypecheck typing) preterm
    | _ -> failwith "unexpected text after the term"

  let term r text =
    let n = String.length text in
    let exact = n > 2 && text.[0] = '(' && text.[2] = ' ' && String.contains "vcal" text.[1] in
    let tm =
      if exact then Codec.to_term (Sexp.parse text) else proposition_in_goal r.context.goal text
    in
    simple tm (Source.term tm)

  let hol_type text =
    let ty =
      if text <> "" && text.[0] = '(' then Codec.to_type (Sexp.parse text) else parse_type text in
    simple ty (Source.hol_type ty)

  let assumption r n =
    match List.nth_opt (fst r.context.goal) n with
    | None -> reject "the goal has no assumption %d" n
    | Some (_, th) ->
        r.context.uses_assumptions <- true;
        simple th (Printf.sprintf "(snd (el %d asl))" n)

  (* The next composition sign at this level of parentheses. *)
  let is_composition r =
    let rec go i depth =
      i < Array.length r.words
      &&
      match r.words.(i) with
      | Left | Open -> go (i + 1) (depth + 1)
      | Right | Close -> depth > 0 && go (i + 1) (depth - 1)
      | Compose when depth = 0 -> true
      | (Semicolon | Comma) when depth = 0 -> false
      | _ -> go (i + 1) depth in
    go r.at 0

  let ends_spine r =
    match peek r with
    | None | Some (Right | Close | Semicolon | Comma | Compose) -> true
    | Some _ -> false

  type spine = Spine : 'a ty * 'a read -> spine

  let max_nesting = 200

  let rec atom : type a. int -> reader -> a ty -> a read =
   fun depth r ty ->
    if depth > max_nesting then reject "a tactic nested too deeply";
    match (peek r, ty) with
    | Some Left, _ ->
        advance r;
        let read = expression (depth + 1) r ty in
        expect r Right "a closing parenthesis";
        read
    | Some Open, List item ->
        advance r;
        items depth r item
    | Some (Quotation text), Term -> advance r; term r text
    | Some (Quotation text), Type ->
        advance r;
        let n = String.length text in
        if n = 0 || text.[0] <> ':' then reject "a type begins with a colon";
        hol_type (String.sub text 1 (n - 1))
    | Some (Number n), Int -> advance r; simple n (string_of_int n)
    | Some (Text text), String -> advance r; simple text (Printf.sprintf "%S" text)
    | Some (Name "ASSUM"), Thm -> advance r; assumption r (atom depth r Int).value
    | Some (Name "THM"), Thm ->
        advance r;
        let th, name = r.context.fact (atom depth r Int).value in
        simple th name
    | Some (Name name), _ -> advance r; named depth r ty name
    | _, Pair (a, b) ->
        let left = atom depth r a in
        let right = atom depth r b in
        pair left right
    | None, _ -> reject "a %s is missing at the end" (show ty)
    | Some _, _ -> reject "a %s is expected" (show ty)

  and pair : type a b. a read -> b read -> (a * b) read =
   fun left right ->
    simple (left.value, right.value) (Printf.sprintf "(%s, %s)" left.source right.source)

  and items : type a. int -> reader -> a ty -> a list read =
   fun depth r item ->
    let rec more found =
      let found = expression (depth + 1) r item :: found in
      match peek r with
      | Some Semicolon -> advance r; more found
      | _ -> expect r Close "a closing bracket"; List.rev found in
    let found = if peek r = Some Close then (advance r; []) else more [] in
    let sources = String.concat "; " (List.map (fun read -> read.source) found) in
    simple (List.map (fun read -> read.value) found) ("[" ^ sources ^ "]")

  and expression : type a. int -> reader -> a ty -> a read =
   fun depth r ty ->
    match ty with
    | Pair (a, b) when peek r <> Some Left ->
        let left = expression depth r a in
        expect r Comma "a comma";
        pair left (expression depth r b)
    | Fn (a, b) when is_composition r -> composition depth r a b
    | _ -> atom depth r ty

  and composition : type a b. int -> reader -> a ty -> b ty -> (a -> b) read =
   fun depth r a b ->
    let (Spine (ty, outer)) = spine depth r in
    match ty with
    | Fn (middle, result) -> (
        match equal result b with
        | None -> reject "%s does not yield a %s" outer.source (show b)
        | Some Equal ->
            expect r Compose "the sign o";
            let inner = expression (depth + 1) r (Fn (a, middle)) in
            let f = outer.value and g = inner.value in
            { value = (fun x -> f (g x));
              source = Printf.sprintf "%s o %s" outer.source inner.source;
              compound = true })
    | _ -> reject "%s is not a function" outer.source

  (* A name with all the arguments that follow it. *)
  and spine : int -> reader -> spine =
   fun depth r ->
    match peek r with
    | Some (Name name) ->
        advance r;
        let rec grow (Spine (ty, read) as whole) =
          if ends_spine r then whole
          else
            match ty with
            | Fn (parameter, result) ->
                let x = atom depth r parameter in
                grow (Spine (result, apply read x))
            | _ -> reject "%s takes no further argument" read.source in
        alternatives r (r.context.entries name) name (fun (Entry (name, ty, value)) ->
            grow (Spine (ty, simple value name)))
    | _ -> reject "a name is expected before o"

  and apply : type a b. (a -> b) read -> a read -> b read =
   fun f x ->
    { value = f.value x.value; source = f.source ^ " " ^ argument x; compound = true }

  and named : type a. int -> reader -> a ty -> string -> a read =
   fun depth r ty name ->
    let rec fit : type b. b ty -> b read -> a read =
     fun ty' read ->
      match equal ty ty' with
      | Some Equal -> read
      | None -> (
          match ty' with
          | Fn (parameter, result) ->
              let x = atom (depth + 1) r parameter in
              fit result (apply read x)
          | _ -> reject "%s is a %s; a %s is expected" read.source (show ty') (show ty)) in
    alternatives r (r.context.entries name) name (fun (Entry (name, ty', value)) ->
        fit ty' (simple value name))

  (* The first fitting meaning of an overloaded name. *)
  and alternatives : type a. reader -> entry list -> string -> (entry -> a) -> a =
   fun r entries name use ->
    let start = r.at in
    match entries with
    | [] -> reject "%s is neither in the table of tactics nor a theorem that may be used" name
    | [ entry ] -> use entry
    | entry :: rest -> (
        try use entry
        with Rejected _ -> r.at <- start; alternatives r rest name use)

  (* A tactic for the goal of the context, and its source. May raise whatever the rules in it raise. *)
  let tactic context text =
    let r = { words = tokens text; at = 0; context } in
    let read = expression 0 r Tactic in
    if r.at < Array.length r.words then reject "unexpected text after the tactic";
    let source =
      if context.uses_assumptions then
        Printf.sprintf "(fun (asl,w) -> %s (asl,w))" read.source
      else read.source in
    (read.value, source)
end;;
