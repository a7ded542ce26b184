"""How results look in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of texts, whose line breaks are kept.

    Args:
        head: The headings.
        rows: The cells, line by line.
        caption: The title; empty for none.
    """
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    return (
        f"<table>{title}<thead><tr>{_cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(tag: str, texts: Sequence[str]) -> str:
    return "".join(
        f'<{tag} style="white-space: pre; font-family: monospace">{escape(text)}</{tag}>'
        for text in texts
    )
