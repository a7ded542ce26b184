"""Goal models: they score how likely a goal is to be provable."""
