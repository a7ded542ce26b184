"""Goal models: what judges whether a goal can be proved."""
