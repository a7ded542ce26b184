"""Refuses tactic text that could cheat, unsettle the prover or escape its place in a proof.

The guard comes before the prover and is deliberately conservative: it may refuse text that Lean
would take, and it is not what soundness rests on. That is the check of the finished proof, by
kernel and axioms. It is here so that a search never follows a proof that the check must refuse,
and so that a tactic means the same in the search, where it is parsed alone, and in the script,
where it stands among others.
"""

from __future__ import annotations

import re

from bait_lean.source.lexer import Token, TokenKind, components, tokenize

MAX_TACTIC_CHARACTERS = 16_384

_BRACKETS = {"(": ")", "[": "]", "@[": "]", "{": "}", "⟨": "⟩", "⟦": "⟧", "⟪": "⟫"}
_CLOSERS = frozenset(_BRACKETS.values())

_UNPROVED = frozenset(
    {"sorry", "admit", "sorryAx", "lcProof", "lcUnreachable", "lcAny", "ofReduceBool",
     "ofReduceNat", "trustCompiler", "reduceBool", "reduceNat", "skipKernelTC"}
)  # fmt: skip
_RUNS_CODE = frozenset(
    {"unsafe", "implemented_by", "extern", "csimp", "run_tac", "run_cmd", "run_elab", "run_meta",
     "by_elab", "unsafeCast", "unsafeIO", "unsafeEIO", "unsafeBaseIO"}
)  # fmt: skip
_TRUSTS_COMPILER = frozenset({"native_decide", "native"})
_COMMANDS = frozenset(
    {"theorem", "lemma", "def", "abbrev", "example", "instance", "axiom", "opaque", "structure",
     "class", "inductive", "coinductive", "mutual", "namespace", "section", "end", "variable",
     "universe", "export", "import", "attribute", "include", "omit", "deriving", "notation",
     "infix", "infixl", "infixr", "prefix", "postfix", "noncomputable", "private", "protected",
     "partial", "nonrec", "termination_by", "decreasing_by", "where", "declare_syntax_cat",
     "elab", "elab_rules", "macro", "macro_rules", "syntax", "initialize", "builtin_initialize",
     "stop"}
)  # fmt: skip
_SAFE_OPTIONS = ("maxHeartbeats", "synthInstance.", "pp.", "linter.", "tactic.", "simprocs")

_CONTINUES_LINE = re.compile(r"[ |)\]}⟩⟧⟫]|<;>")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def refusal(tactic: str) -> str:
    """Why `tactic` is refused; empty when it may be sent to the prover.

    Refused are: empty text, more than `MAX_TACTIC_CHARACTERS`, control characters (tabs
    too, which Lean refuses), comments, strings without an end or over several lines,
    brackets that don't match, lines that could start a tactic or command of their own,
    words that prove nothing (`sorry`, also as a component of a name, quoted or in the terms
    of an interpolated string), words that run code of the candidate's, keywords of commands,
    attributes, and options other than harmless ones.
    """
    if len(tactic) > MAX_TACTIC_CHARACTERS:
        return f"the tactic is longer than {MAX_TACTIC_CHARACTERS} characters"
    if not tactic.strip():
        return "the tactic is empty"
    if control := _CONTROL.search(tactic):
        return f"the tactic contains the control character U+{ord(control.group()):04X}"
    tokens = tokenize(tactic)
    why = _refusal_of(tactic, tokens)
    if why or not any(token.kind is TokenKind.STRING and "{" in token.text for token in tokens):
        return why
    # Whether a string is interpolated depends on macros: both readings must pass.
    return _refusal_of(tactic, tokenize(tactic, interpolate=False))


def _refusal_of(tactic: str, tokens: list[Token]) -> str:
    return (
        _refused_shape(tactic.strip(), tokens)
        or _refused_brackets(tokens)
        or _refused_words(tokens)
    )


def _refused_words(tokens: list[Token]) -> str:
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.SYMBOL and (token.text == "@[" or len(token.text) > 3):
            return f"`{token.text}` is not allowed in a tactic"
        if token.kind not in {TokenKind.IDENTIFIER, TokenKind.NAME}:
            continue
        for component in _unquoted(token.text):
            if component in _UNPROVED or component in _RUNS_CODE:
                return f"`{component}` is not allowed in a proof"
            if component in _TRUSTS_COMPILER:
                return f"`{component}` is not allowed: it trusts the compiler"
        if token.text in _COMMANDS:
            return f"`{token.text}` is not allowed in a tactic"
        if token.text == "set_option":
            option = tokens[index + 1].text if index + 1 < len(tokens) else ""
            if not option.startswith(_SAFE_OPTIONS):
                return f"`set_option {option}` is not allowed in a proof"
    return ""


def _unquoted(name: str) -> list[str]:
    return [component.removeprefix("«").removesuffix("»") for component in components(name)]


def _refused_shape(tactic: str, tokens: list[Token]) -> str:
    for token in tokens:
        if token.kind in {TokenKind.COMMENT, TokenKind.DOC}:
            return "comments are not allowed in a tactic"
        if token.kind is TokenKind.UNTERMINATED:
            return "a comment or string in the tactic has no end"
        if token.kind is TokenKind.STRING and "\n" in token.text:
            return "a string in the tactic goes over several lines"
    for line in tactic.splitlines()[1:]:
        if line and not _CONTINUES_LINE.match(line):
            return "a line of the tactic is not indented: it would start another tactic or command"
    return ""


def _refused_brackets(tokens: list[Token]) -> str:
    expected: list[str] = []
    for token in tokens:
        if token.kind is not TokenKind.SYMBOL:
            continue
        if token.text in _BRACKETS:
            expected.append(_BRACKETS[token.text])
        elif token.text in _CLOSERS and (not expected or expected.pop() != token.text):
            return f"the bracket `{token.text}` in the tactic does not match"
    return f"a bracket in the tactic is not closed: `{expected[-1]}` is missing" if expected else ""
