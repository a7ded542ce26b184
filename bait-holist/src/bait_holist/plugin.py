"""What bait-holist brings, told without importing it."""

from __future__ import annotations

BAIT_API = 1
