(* Loads the files beside this one; if one fails, the rest are skipped. *)

let bait_holist_load =
  let folder = Sys.getenv "BAIT_HOLIST_OCAML" in
  fun file ->
    if not (Toploop.use_silently Format.std_formatter (Filename.concat folder file)) then begin
      print_endline ("bait-holist: " ^ file ^ " does not load");
      exit 3
    end;;
