(* Starts recording, in a HOL Light that has loaded its tactics.ml.

   Environment:
     BAIT_HOLIST_OCAML      the folder of these files
     BAIT_HOLIST_RECORDING  the file to write *)

Toploop.use_silently Format.std_formatter (Filename.concat (Sys.getenv "BAIT_HOLIST_OCAML") "load.ml");;

List.iter bait_holist_load
  ["upper.ml"; "sexp.ml"; "codec.ml"; "recorder_language.ml"; "recorder.ml"; "recorder_hook.ml"];;
