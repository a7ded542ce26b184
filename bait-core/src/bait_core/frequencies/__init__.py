"""The simplest model that learns: how often each tactic was a step of a proof."""
