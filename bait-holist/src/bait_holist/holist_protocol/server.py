"""A HOList server: `bait holist serve`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from bait_core import ProverStartError
from bait_holist.holist_protocol.messages import CHANNEL_OPTIONS
from bait_holist.holist_protocol.proof_assistant_pb2_grpc import (
    add_ProofAssistantServiceServicer_to_server,
)
from bait_holist.holist_protocol.service import ProofService
from bait_holist.holist_protocol.workers import WorkerPool
from bait_holist.prover.connector import Connector

DEFAULT_PORT = 2000
"""The port on which HOList's clients expect their server."""

LOOPBACK = "127.0.0.1"

_GRACE = 1.0  # seconds that running calls have to finish when the server stops


@contextmanager
def serving(
    connector: Connector, *, host: str = LOOPBACK, port: int = DEFAULT_PORT, threads: int = 8
) -> Iterator[tuple[grpc.Server, int]]:
    """A running server and its port, until the context is left.

    Args:
        connector: Connects to new workers.
        host: Address of the interface to listen on. The protocol has neither passwords nor
            encryption.
        port: Port to listen on; 0 chooses a free one.
        threads: Requests that are handled at once.

    Raises:
        ProverStartError: The port is taken, or this machine does not have the address.
    """
    workers = WorkerPool(connector)
    executor = ThreadPoolExecutor(threads, thread_name_prefix="holist")
    # Otherwise two servers could share a port, each answering some of the calls.
    options = (*CHANNEL_OPTIONS, ("grpc.so_reuseport", 0))
    server = grpc.server(executor, options=options)
    add_ProofAssistantServiceServicer_to_server(ProofService(workers), server)  # type: ignore[no-untyped-call]
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise ProverStartError(
            f"can't listen on {host}:{port}: {error}", hint="Choose another --port."
        ) from error
    server.start()
    try:
        yield server, bound
    finally:
        server.stop(_GRACE).wait()
        executor.shutdown()
        workers.close()
