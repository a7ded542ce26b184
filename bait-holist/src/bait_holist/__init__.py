"""HOL Light for BAIT, with HOList's protocol and benchmark."""

__version__ = "0.1.0"
