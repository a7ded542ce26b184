"""What a finished declaration rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bait_core.errors import ProverError
from bait_lean.environment.commands import end_of_imports
from bait_lean.environment.prover import Prefix, Prover
from bait_lean.repl.messages import AxiomsReply, CommandReply, ErrorReply, UsesReply

_TRUSTS_COMPILER = frozenset({"Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.trustCompiler"})
_NEVER = _TRUSTS_COMPILER | {"sorryAx"}
_STANDARD = frozenset({"propext", "Classical.choice", "Quot.sound"})

_REPORT = re.compile(
    r"'(?P<name>.+?)' (?:depends on axioms: \[(?P<axioms>[^\]]*)\]|does not depend on any axioms)"
)


@dataclass(frozen=True, slots=True)
class Foundations:
    """What a declaration rests on that no proof may rest on.

    Attributes:
        axioms: Such axioms.
        forbidden: Constants that its policy forbids.
    """

    axioms: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


def foundations(prover: Prover, name: str, prefix: Prefix, policy: int | None) -> Foundations:
    """Collect what a declaration rests on.

    Args:
        prover: The process.
        name: The declaration, as it is called at the end of `prefix`.
        prefix: The text, the declaration included.
        policy: What it may not use, as the process's number.

    Raises:
        ProverError: Lean does not tell.
        ReplError: The process is dead now.
    """
    real_name, axioms = _printed(prover, name, prefix)
    if not prover.has_extensions:
        first = prefix.chain()[0].text
        imports = Prefix(first[: end_of_imports(first)])
        return Foundations(tuple(a for a in axioms if not _is_known(prover, a, imports)))
    environment = prover.environment(prefix)
    reply = prover.ask({"axioms": real_name, "env": environment}, AxiomsReply)
    if isinstance(reply, ErrorReply):
        raise ProverError(f"Lean does not tell the axioms of {name}: {reply.message}")
    if policy is None:
        return Foundations(reply.foreign)
    uses = prover.ask({"uses": real_name, "env": environment, "policy": policy}, UsesReply)
    if isinstance(uses, ErrorReply):
        raise ProverError(f"Lean does not tell what {name} uses: {uses.message}")
    return Foundations(reply.foreign, uses.forbidden)


def trusts_compiler_only(axioms: tuple[str, ...]) -> bool:
    """Whether nothing is wrong with these axioms for those who trust Lean's compiler."""
    return all(axiom in _TRUSTS_COMPILER or "._native." in axiom for axiom in axioms)


def _printed(prover: Prover, name: str, prefix: Prefix) -> tuple[str, tuple[str, ...]]:
    """The full name of a declaration, a private one's too, and its axioms."""
    reply = prover.command(f"#print axioms {name}", prefix)
    report = next((match for m in reply.messages if (match := _REPORT.search(m.data))), None)
    if report is None:
        said = "; ".join(message.data for message in reply.messages) or "nothing"
        raise ProverError(f"Lean does not tell the axioms of {name}: it says {said}.")
    listed = report["axioms"] or ""
    return report["name"], tuple(axiom.strip() for axiom in listed.split(",") if axiom.strip())


def _is_known(prover: Prover, axiom: str, imports: Prefix) -> bool:
    """Whether an axiom is the library's own."""
    if axiom in _NEVER:
        return False
    if axiom in _STANDARD:
        return True
    reply: CommandReply = prover.command(f"#print axioms {axiom}", imports)
    return all(message.severity != "error" for message in reply.messages)
