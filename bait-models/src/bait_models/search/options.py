"""Options of the searches; light, since listing plugins imports them."""

from __future__ import annotations

from bait_core.plugins.options import Options


class HTPSOptions(Options):
    """Options of HyperTree Proof Search."""


class UpDownOptions(Options):
    """Options of UpDown search."""


class FringeOptions(Options):
    """Options of Fringe search."""
