(* Begins to record, in a HOL Light that has loaded its tactics.ml.

   Environment:
     BAIT_HOLIST_OCAML      the folder of these files
     BAIT_HOLIST_RECORDING  the file to write *)

let bait_holist_load =
  let folder = Sys.getenv "BAIT_HOLIST_OCAML" in
  fun file ->
    if not (Toploop.use_silently Format.std_formatter (Filename.concat folder file)) then begin
      print_endline ("bait-holist: " ^ file ^ " does not load");
      exit 3
    end;;

List.iter bait_holist_load
  ["upper.ml"; "sexp.ml"; "codec.ml"; "recorder_language.ml"; "recorder.ml"; "recorder_hook.ml"];;
