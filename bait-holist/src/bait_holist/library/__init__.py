"""HOL Light's library as data: its theorems, what a proof of each may use, and their splits."""

from bait_holist.library.library import Library, theorem_of
from bait_holist.library.splits import Split, split_of

__all__ = ["Library", "Split", "split_of", "theorem_of"]
