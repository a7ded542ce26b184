"""The life cycle of a prover process: start, memory limit, and termination with its children.

POSIX only; elsewhere starting one raises `ProverStartError`.
"""

from bait_core.processes.family import end_family, find_process
from bait_core.processes.last_words import describe_exit, log_tail
from bait_core.processes.memory import MemoryWatch, limit_address_space
from bait_core.processes.prover_process import ProverProcess
from bait_core.processes.starting import start_with_retries

__all__ = [
    "MemoryWatch",
    "ProverProcess",
    "describe_exit",
    "end_family",
    "find_process",
    "limit_address_space",
    "log_tail",
    "start_with_retries",
]
