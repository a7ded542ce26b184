(* Time and memory limits for tactics. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Limits = struct
  (* Unix._exit: a leading underscore is a constructor to HOL Light's preprocessor. *)
  external exit_now : int -> 'a = "unix_exit"

  exception Timeout
  exception Memory

  let armed = ref false

  (* Words of heap at which a tactic is stopped. *)
  let heap_words = ref max_int

  (* The signal is repeated, since some of HOL Light's tactics catch every exception. *)
  let again = 0.05

  let set_timer first next =
    ignore
      (Unix.setitimer Unix.ITIMER_VIRTUAL { Unix.it_value = first; Unix.it_interval = next })

  let install () =
    Sys.set_signal Sys.sigvtalrm (Sys.Signal_handle (fun _ -> if !armed then raise Timeout));
    ignore
      (Gc.create_alarm (fun () ->
           if !armed && (Gc.quick_stat ()).Gc.heap_words > !heap_words then raise Memory))

  let arm seconds =
    set_timer (Float.max seconds 0.001) again;
    armed := true

  let disarm () =
    armed := false;
    set_timer 0. 0.

  (* The result of `f ()` or the exception it raised, within so many seconds of CPU time. *)
  let limited seconds f =
    try
      arm seconds;
      let result = try Ok (f ()) with error -> armed := false; Error error in
      disarm ();
      result
    with Timeout -> disarm (); Error Timeout
end;;
