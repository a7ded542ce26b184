"""Which environment the options ask for."""

from __future__ import annotations

from bait_core.protocols import Environment
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions


def make_environment(options: HolistOptions | None = None) -> Environment:
    """HOL Light on this machine, or the HOList server whose address is given.

    Raises:
        DatabaseError: The theorem database can't be read.
    """
    if options is None or options.address is None:
        return HolistEnvironment(options)
    from bait_holist.environment.remote import RemoteEnvironment  # noqa: PLC0415  (loads gRPC)

    return RemoteEnvironment(options.address, options)
