(* The server: loads the files beside this one, then forks one worker for each connection.

   Environment:
     BAIT_HOLIST_OCAML   the folder of these files
     BAIT_HOLIST_SOCKET  the unix socket to listen on
     BAIT_HOLIST_MEMORY  MiB of heap at which a tactic is stopped; 0 for no limit
     BAIT_HOLIST_OWNED   if set, the server ends when its standard input does *)

#load "unix.cma";;

verbose := false;;
type_invention_warning := false;;

let bait_holist_load =
  let folder = Sys.getenv "BAIT_HOLIST_OCAML" in
  fun file ->
    if not (Toploop.use_silently Format.std_formatter (Filename.concat folder file)) then begin
      print_endline ("bait-holist: " ^ file ^ " does not load");
      exit 3
    end;;

List.iter bait_holist_load
  ["upper.ml"; "holist.ml"; "sexp.ml"; "codec.ml"; "source.ml"; "language.ml"; "table.ml"; "library.ml";
   "limits.ml"; "steps.ml"; "script.ml"; "worker.ml"; "listen.ml"];;

Listen.run ();;
