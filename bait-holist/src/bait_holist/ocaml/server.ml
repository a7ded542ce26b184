(* The server: loads the files beside this one, then forks a worker for each connection.

   Environment:
     BAIT_HOLIST_OCAML   the folder of these files
     BAIT_HOLIST_SOCKET  the unix socket to listen on
     BAIT_HOLIST_MEMORY  MiB of heap at which a tactic is stopped; 0 for no limit
     BAIT_HOLIST_IDLE    seconds without a client after which it stops; never if not set *)

#load "unix.cma";;

verbose := false;;
type_invention_warning := false;;

Toploop.use_silently Format.std_formatter (Filename.concat (Sys.getenv "BAIT_HOLIST_OCAML") "load.ml");;

List.iter bait_holist_load
  ["upper.ml"; "holist.ml"; "sexp.ml"; "codec.ml"; "source.ml"; "language.ml"; "table.ml"; "library.ml";
   "judge.ml"; "limits.ml"; "steps.ml"; "script.ml"; "worker.ml"; "listen.ml"];;

Listen.run ();;
