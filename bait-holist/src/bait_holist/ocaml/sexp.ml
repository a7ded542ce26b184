(* S-expressions, the syntax of the protocol. Plain OCaml lexing; needs only the standard library.
   Atoms are printed bare where possible, so that terms look as HOList prints them. *)

unset_jrh_lexer;;

module Sexp = struct
  type t = Atom of string | List of t list

  exception Malformed of string

  let max_depth = 10_000

  let is_bare c = match c with ' ' | '(' | ')' | '"' | '\000' .. '\031' | '\127' -> false | _ -> true

  let is_all_bare s =
    let rec go i = i >= String.length s || (is_bare s.[i] && go (i + 1)) in
    s <> "" && go 0

  let add_quoted buffer s =
    Buffer.add_char buffer '"';
    String.iter
      (fun c ->
        match c with
        | '"' -> Buffer.add_string buffer "\\\""
        | '\\' -> Buffer.add_string buffer "\\\\"
        | '\n' -> Buffer.add_string buffer "\\n"
        | '\t' -> Buffer.add_string buffer "\\t"
        | '\r' -> Buffer.add_string buffer "\\r"
        | _ when Char.code c < 32 || c = '\127' ->
            Buffer.add_string buffer (Printf.sprintf "\\x%02x" (Char.code c))
        | _ -> Buffer.add_char buffer c)
      s;
    Buffer.add_char buffer '"'

  let add_atom buffer s =
    if is_all_bare s then Buffer.add_string buffer s else add_quoted buffer s

  let malformed position what = raise (Malformed (Printf.sprintf "%s at byte %d" what position))

  let read_quoted text start =
    let n = String.length text and buffer = Buffer.create 64 in
    let digit i =
      match text.[i] with
      | '0' .. '9' as c -> Char.code c - 48
      | 'a' .. 'f' as c -> Char.code c - 87
      | 'A' .. 'F' as c -> Char.code c - 55
      | _ -> malformed i "no hexadecimal digit" in
    let rec go i =
      if i >= n then malformed start "an unterminated string"
      else
        match text.[i] with
        | '"' -> (Atom (Buffer.contents buffer), i + 1)
        | '\\' when i + 1 >= n -> malformed i "an unterminated string"
        | '\\' -> escape (i + 1)
        | c -> Buffer.add_char buffer c; go (i + 1)
    and escape i =
      let plain c = Buffer.add_char buffer c; go (i + 1) in
      match text.[i] with
      | 'n' -> plain '\n'
      | 't' -> plain '\t'
      | 'r' -> plain '\r'
      | ('"' | '\\') as c -> plain c
      | 'x' when i + 2 < n ->
          Buffer.add_char buffer (Char.chr ((16 * digit (i + 1)) + digit (i + 2)));
          go (i + 3)
      | _ -> malformed i "an unknown escape" in
    go (start + 1)

  let parse text =
    let n = String.length text in
    let rec skip i = if i < n && text.[i] = ' ' then skip (i + 1) else i in
    let rec bare_end i = if i < n && is_bare text.[i] then bare_end (i + 1) else i in
    let rec item depth i =
      if depth > max_depth then malformed i "nested too deeply"
      else if i >= n then malformed i "an early end"
      else
        match text.[i] with
        | '(' -> items depth [] (skip (i + 1))
        | ')' -> malformed i "an unexpected parenthesis"
        | '"' -> read_quoted text i
        | c when is_bare c ->
            let j = bare_end i in
            (Atom (String.sub text i (j - i)), j)
        | _ -> malformed i "a control character"
    and items depth done_ i =
      if i < n && text.[i] = ')' then (List (List.rev done_), i + 1)
      else
        let x, j = item (depth + 1) i in
        items depth (x :: done_) (skip j) in
    let x, i = item 0 (skip 0) in
    if skip i <> n then malformed i "unexpected text after the end" else x
end;;
