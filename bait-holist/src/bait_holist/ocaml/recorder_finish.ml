(* Ends a recording once the library is loaded, checks it and writes it (see recorder_export.ml). For
   its environment, see recorder_start.ml and recorder_export.ml. *)

#load "unix.cma";;

verbose := false;;
type_invention_warning := false;;

Recorder.finish ();;

List.iter bait_holist_load
  ["holist.ml"; "source.ml"; "language.ml"; "table.ml"; "library.ml"; "judge.ml"; "limits.ml";
   "steps.ml"; "script.ml"; "worker.ml"; "recorder_check.ml"; "recorder_export.ml"];;

Recorder_export.run ();;

exit 0;;
