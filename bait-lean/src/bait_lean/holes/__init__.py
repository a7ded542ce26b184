"""The holes of a text: finding them, opening them, and hints about them."""
