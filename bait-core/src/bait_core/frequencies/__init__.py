"""The simplest model that learns: how often each tactic has proved something."""
