"""A tactic model without learning: closing tactics, structural steps and ranked premises."""
