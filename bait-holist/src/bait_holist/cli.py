"""`bait holist`: keep a HOL Light running, serve it to others, and export its human proofs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bait_core.cli.console import print_json, stderr, stdout
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.provers import Provers
from bait_holist.human_proofs import (
    export_human_proofs,
    rates_by_file,
    rates_table,
    read_human_proofs,
)
from bait_holist.prover import running
from bait_holist.prover.connection import Worker
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY, hol_folder
from bait_holist.prover.progress import shown_progress

_NOT_RUNNING = 1
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

app = typer.Typer(no_args_is_help=True, help="HOL Light for many runs, and for others.")


@app.command("start")
def start_command(
    memory: Annotated[
        int, typer.Option(help="MiB of heap at which a tactic is stopped.", min=512)
    ] = MEMORY,
    timeout: Annotated[
        float, typer.Option(help="Seconds that HOL Light may take to load.", min=1)
    ] = LOAD_TIMEOUT,
) -> None:
    """Load HOL Light once, and keep it for all runs of this user until `bait holist stop`.

    Example:
      $ bait holist start
    """
    with shown_progress() as progress:
        record = running.keep(memory=memory, timeout=timeout, progress=progress)
    stdout().print(Text(f"HOL Light runs as process {record.pid} and listens on {record.socket}."))


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the HOL Light that is kept running. Exits with 1 if there is none.

    Examples:
      $ bait holist status
      $ bait holist status --json
    """
    found = running.find()
    if found is None:
        if as_json:
            print_json({"running": False})
        else:
            stdout().print("No HOL Light is kept running. Start one by `bait holist start`.")
        raise typer.Exit(_NOT_RUNNING)
    record, server = found
    with closing(Worker(server.socket)) as worker:
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
    """End the HOL Light that is kept running, with all its workers.

    Example:
      $ bait holist stop
    """
    stopped = running.stop()
    stdout().print("Stopped." if stopped else "No HOL Light was running.")


@app.command("serve")
def serve_command(
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 for any.", min=0, max=65535)
    ] = 2000,
    host: Annotated[
        str, typer.Option(help="Interface to listen on; the protocol has no passwords.")
    ] = "127.0.0.1",
    threads: Annotated[int, typer.Option(help="Requests answered at a time.", min=1)] = 8,
    socket: Annotated[
        Path | None,
        typer.Option(help="Of a running HOL Light; by default the one kept, or one of its own."),
    ] = None,
) -> None:
    """Offer HOL Light to HOList's clients over gRPC, until Ctrl-C.

    Example:
      $ bait holist serve --port 2000
    """
    from bait_holist.holist_protocol.server import serving  # noqa: PLC0415  (loads gRPC)

    provers = Provers(HolistOptions(server=socket))
    try:
        provers.connect().close()  # load HOL Light now rather than at the first request
        with serving(provers, host=host, port=port, threads=threads) as (server, bound):
            stdout().print(
                Text(f"HOList's clients can connect to {host}:{bound}; end with Ctrl-C.")
            )
            if host not in _LOOPBACK:
                stderr().print("Whoever reaches this address can use the prover.", style="yellow")
            server.wait_for_termination()
    except KeyboardInterrupt:
        stdout().print("Stopped.")
    finally:
        provers.close()


@app.command("export")
def export_command(
    folder: Annotated[
        Path | None, typer.Option(help="Where to write; by default BAIT's cache.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Record even if it was done.")] = False,
) -> None:
    """Record the proofs that people wrote for HOL Light's library; takes three to four minutes.

    Writes the library's theorems in binding order, the steps of every proof, and the same as
    traces; prints how many of them the tactic language says.

    Example:
      $ bait holist export
    """
    with stderr().status("Recording") as status:
        export = export_human_proofs(
            hol_folder(),
            lambda what, count: status.update(f"{what}: {count}"),
            folder,
            again=again,
        )
    for path in (export.theorems, export.proofs, export.traces):
        stdout().print(Text(f"Wrote {path}"))
    stdout().print(Text(rates_table(rates_by_file(read_human_proofs(export.proofs)))))
