"""A HOL Light with a hostile library, whose tactics may be any OCaml: only the check is left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bait_holist.prover import launch
from bait_holist.prover.installation import hol_folder
from bait_holist.prover.launch import Server

HOSTILE_LIBRARY = r"""
(* Another type of the same name and shape as the kernel's: its values need no proof. *)
type thm = Sequent of (term list * term);;
let FORGED = Sequent ([],`F`);;
type thm = Hol.thm;;

(* One theorem under several names, what follows from it, and its own name bound again. *)
let ORIGINAL = prove (`!m n. (m + n) + 1 = (n + m) + 1`,ARITH_TAC);;
let BETWEEN = MATCH_MP (MESON[] `(!m n. f m n = g m n) ==> (!m n. g m n = f m n)`) ORIGINAL;;
let RENAMED = prove (`!a b. (a + b) + 1 = (b + a) + 1`,ARITH_TAC);;
let OPENED = SPEC_ALL ORIGINAL;;
let ORIGINAL = ORIGINAL;;

(* The kernel's functions that judge, by others that lie. *)
let axioms () = ([]:thm list);;
let definitions () = ([]:thm list);;
let constants () = ([]:(string * hol_type) list);;
let types () = ([]:(string * int) list);;
let hyp (th:thm) = ([]:term list);;
let concl (th:thm) = `T`;;
let dest_thm (th:thm) = ([]:term list),`T`;;
let aconv (s:term) (t:term) = true;;
"""

_ANY_OCAML = r"""
unset_jrh_lexer;;

let () =
  let byte hex i = Char.chr (int_of_string ("0x" ^ String.sub hex (2 * i) 2)) in
  let tactic hex =
    let path = Filename.temp_file "tactic" ".ml" in
    let channel = open_out path in
    output_string channel "set_jrh_lexer;;\nlet bait_tactic : tactic = ";
    output_string channel (String.init (String.length hex / 2) (byte hex));
    output_string channel ";;\n";
    close_out channel;
    if not (Toploop.use_silently Format.std_formatter path) then failwith "not a tactic";
    (Obj.obj (Toploop.getvalue "bait_tactic") : tactic) in
  Hashtbl.add Steps.table "OCAML"
    (Language.Entry ("OCAML", Language.Fn (Language.String, Language.Tactic), tactic));;
"""


def any_ocaml(text: str) -> str:
    """OCaml source of a tactic as a text that an unguarded HOL Light takes."""
    return f'OCAML "{text.encode().hex()}"'


@contextmanager
def unguarded_server(folder: Path, memory: int) -> Iterator[Server]:
    """Such a HOL Light; loading it takes one to two minutes."""
    ocaml, library = folder / "ocaml", folder / "library"
    shutil.copytree(launch.ocaml_folder(), ocaml)
    with (ocaml / "steps.ml").open("a") as file:
        file.write(_ANY_OCAML)
    library.mkdir()
    for item in hol_folder().iterdir():
        (library / item.name).symlink_to(item.resolve())
    (library / "hostile.ml").write_text(HOSTILE_LIBRARY)
    main = library / "hol.ml"
    text = main.read_text()
    main.unlink()
    main.write_text(f'{text}\nloads "hostile.ml";;\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLLIGHT_DIR", str(library))
        patch.setattr(launch, "ocaml_folder", lambda: ocaml)
        server = launch.start(owned=True, memory=memory)
    try:
        yield server
    finally:
        server.stop()
