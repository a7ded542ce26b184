(* The main loop of the fork server. Plain OCaml lexing. *)

unset_jrh_lexer;;

module Listen = struct
  let read_file path =
    let channel = open_in_bin path in
    let text = really_input_string channel (in_channel_length channel) in
    close_in channel;
    text

  let setting name = Sys.getenv_opt ("BAIT_HOLIST_" ^ name)

  let path = match setting "SOCKET" with Some path -> path | None -> failwith "BAIT_HOLIST_SOCKET"

  let end_all _ =
    (try Unix.unlink path with Unix.Unix_error _ -> ());
    Sys.set_signal Sys.sigterm Sys.Signal_ignore;
    Unix.kill 0 Sys.sigterm;
    Limits.exit_now 0

  let listen () =
    let socket = Unix.socket ~cloexec:true Unix.PF_UNIX Unix.SOCK_STREAM 0 in
    ignore (Unix.umask 0o077);
    Unix.bind socket (Unix.ADDR_UNIX path);
    Unix.listen socket 64;
    socket

  let start_worker listening client definitions =
    Unix.close listening;
    Sys.set_signal Sys.sigterm Sys.Signal_default;
    Sys.set_signal Sys.sigpipe Sys.Signal_ignore;
    let null = Unix.openfile "/dev/null" [ Unix.O_RDONLY ] 0 in
    Unix.dup2 null Unix.stdin;
    Worker.run (Worker.create client definitions);
    Limits.exit_now 0

  let accept listening definitions =
    match Unix.accept listening with
    | client, _ -> (
        match Unix.fork () with
        | 0 -> start_worker listening client definitions
        | _ -> Unix.close client)
    | exception Unix.Unix_error ((Unix.EINTR | Unix.ECONNABORTED), _, _) -> ()

  (* The system reaps workers, since we ignore SIGCHLD: without a child there is no worker. *)
  let has_workers () =
    match Unix.waitpid [ Unix.WNOHANG ] (-1) with
    | _ -> true
    | exception Unix.Unix_error (Unix.ECHILD, _, _) -> false

  let idle_limit = Option.bind (setting "IDLE") float_of_string_opt

  (* Seconds between checks whether the server is idle; negative to wait for ever. *)
  let poll_interval = match idle_limit with None -> -1. | Some seconds -> Float.min 10. (seconds /. 2.)

  let set_memory_limit () =
    match Option.bind (setting "MEMORY") int_of_string_opt with
    | Some mebibytes when mebibytes > 0 ->
        Limits.heap_words := mebibytes * 1024 * 1024 / (Sys.word_size / 8)
    | _ -> ()

  let run () =
    let definitions = read_file (Filename.concat (Sys.getenv "BAIT_HOLIST_OCAML") "holist.ml") in
    set_memory_limit ();
    Gc.compact ();
    Sys.set_signal Sys.sigterm (Sys.Signal_handle end_all);
    Sys.set_signal Sys.sigchld Sys.Signal_ignore;
    let listening = listen () in
    let used = ref (Unix.gettimeofday ()) in
    let end_if_idle () =
      if has_workers () then used := Unix.gettimeofday ()
      else
        match idle_limit with
        | Some seconds when Unix.gettimeofday () -. !used > seconds -> end_all 0
        | _ -> () in
    let rec loop () =
      (match Unix.select [ listening ] [] [] poll_interval with
      | [], _, _ -> end_if_idle ()
      | _ ->
          used := Unix.gettimeofday ();
          accept listening definitions
      | exception Unix.Unix_error (Unix.EINTR, _, _) -> ());
      loop () in
    loop ()
end;;
