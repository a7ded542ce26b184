"""`bait holist`: keep a HOL Light running, serve it to HOList's clients, export human proofs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_holist.human_proofs import (
    Export,
    export_human_proofs,
    rates_by_file,
    rates_table,
    read_human_proofs,
)
from bait_holist.library import Library
from bait_holist.prover import running
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.installation import hol_folder
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY
from bait_holist.prover.progress import loading_progress

_NOT_RUNNING = 1
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

SocketOption = Annotated[
    Path | None,
    typer.Option(
        help="Socket of a running HOL Light (default: the one kept running, or a new one)."
    ),
]

app = typer.Typer(
    no_args_is_help=True,
    help="Keep a HOL Light running, serve it to HOList's clients, export human proofs.",
)


@app.command("start")
def start_command(
    memory: Annotated[
        int, typer.Option(help="Heap at which a tactic is stopped, in MiB.", min=512)
    ] = MEMORY,
    idle: Annotated[
        float | None, typer.Option(help="Stop after this many minutes without use.", min=0.1)
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Time limit for loading HOL Light, in seconds.", min=1)
    ] = LOAD_TIMEOUT,
) -> None:
    """Load HOL Light once and keep it for all your runs, until `bait holist stop`.

    Example:
      $ bait holist start
    """
    with loading_progress() as progress:
        record = running.keep(
            memory=memory,
            idle=None if idle is None else idle * 60,
            timeout=timeout,
            progress=progress,
        )
    stdout().print(
        Text(f"HOL Light is running as process {record.pid} and listens on {record.socket}.")
    )


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the HOL Light that is kept running; exit with 1 if there is none.

    Examples:
      $ bait holist status
      $ bait holist status --json
    """
    found = running.find()
    if found is None:
        if as_json:
            print_json({"running": False})
        else:
            stdout().print("No HOL Light is running. Start one with `bait holist start`.")
        raise typer.Exit(_NOT_RUNNING)
    record, server = found
    with closing(ProverConnection(server.socket)) as worker:
        greeting = worker.greeting
    if as_json:
        print_json({"running": True, **asdict(record), "theorems": greeting.counts.theorems})
        return
    lines = (
        f"process   {record.pid}, for {record.age() / 60:.0f} min",
        f"socket    {record.socket}",
        f"HOL Light {greeting.version} in {greeting.folder}, {greeting.counts.theorems} theorems",
        f"memory    {server.process.memory_info().rss / 2**20:.0f} MiB",
    )
    stdout().print(Text("\n".join(lines)))


@app.command("stop")
def stop_command() -> None:
    """Stop the HOL Light that is kept running, with all its workers.

    Example:
      $ bait holist stop
    """
    stopped = running.stop()
    stdout().print("Stopped." if stopped else "No HOL Light was running.")


@app.command("serve")
def serve_command(
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 chooses a free one.", min=0, max=65535)
    ] = 2000,
    host: Annotated[
        str, typer.Option(help="Interface to listen on. The protocol has no authentication.")
    ] = "127.0.0.1",
    threads: Annotated[int, typer.Option(help="Requests handled at once.", min=1)] = 8,
    socket: SocketOption = None,
) -> None:
    """Serve HOL Light to HOList's clients over gRPC, until Ctrl-C.

    Example:
      $ bait holist serve --port 2000
    """
    from bait_holist.holist_protocol.server import serving  # noqa: PLC0415  (loads gRPC)

    connector = Connector(server=socket)
    try:
        connector.connect().close()  # load HOL Light now rather than at the first request
        with serving(connector, host=host, port=port, threads=threads) as (server, bound):
            stdout().print(
                Text(f"HOList's clients can connect to {host}:{bound}; press Ctrl-C to stop.")
            )
            if host not in _LOOPBACK:
                stderr().print(
                    "Anyone who can reach this address can use the prover.", style="yellow"
                )
            server.wait_for_termination()
    except KeyboardInterrupt:
        stdout().print("Stopped.")
    finally:
        connector.close()


@app.command("database")
def database_command(
    output: Annotated[Path, typer.Argument(help="File to write.")],
    socket: SocketOption = None,
) -> None:
    """Write the theorems of HOL Light's library as a HOList theorem database.

    HOList's own clients register every theorem of their database with the server, and `bait
    holist serve` accepts only those that its HOL Light has: give your clients this database.

    Example:
      $ bait holist database library.textpb
    """
    from bait_holist.benchmark.writing import database_of, write_database  # noqa: PLC0415  (protobuf)

    database = database_of(_library(socket))
    write_database(database, output)
    stdout().print(Text(f"Wrote {len(database.theorems)} theorems to {output}."))


@app.command("compare")
def compare_command(
    database: Annotated[Path, typer.Argument(help="HOList's theorem database.")],
    tag: Annotated[str, typer.Option(help="Compare the theorems with this library tag.")] = "core",
    socket: SocketOption = None,
) -> None:
    """Show how many theorems of HOList's database this HOL Light has, and why it lacks the rest.

    Example:
      $ bait holist compare theorem_database_v1.1.textpb
    """
    from bait_holist.benchmark.comparison import compare, comparison_table  # noqa: PLC0415
    from bait_holist.benchmark.database import TheoremDatabase  # noqa: PLC0415  (protobuf)
    from bait_holist.holist_protocol import proof_assistant_pb2 as pb  # noqa: PLC0415

    entries = TheoremDatabase.load(database).select(tag=pb.Theorem.THEOREM, library=tag)
    lemmas = {proof.statement for proof in read_human_proofs(_export().proofs)}
    stdout().print(comparison_table(compare(entries, _library(socket), lemmas)))


@app.command("export")
def export_command(
    folder: Annotated[
        Path | None, typer.Option(help="Folder to write to (default: in BAIT's cache).")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Record again even if there is an export already.")
    ] = False,
) -> None:
    """Record the human proofs of HOL Light's library; takes three to four minutes.

    Writes the library's theorems in binding order, the steps of every proof, and traces of the
    proofs; prints how many of the steps the tactic language can express.

    Example:
      $ bait holist export
    """
    export = _export(folder, again=again)
    for path in (export.theorems, export.proofs, export.traces):
        stdout().print(Text(f"Wrote {path}"))
    stdout().print(Text(rates_table(rates_by_file(read_human_proofs(export.proofs)))))


def _export(folder: Path | None = None, *, again: bool = False) -> Export:
    with stderr().status("Recording") as status:
        return export_human_proofs(
            hol_folder(),
            lambda what, count: status.update(f"{what}: {count}"),
            folder,
            again=again,
        )


def _library(socket: Path | None) -> Library:
    with (
        closing(Connector(server=socket)) as connector,
        closing(connector.connect()) as worker,
    ):
        return Library(worker.library(), worker.greeting.version)
