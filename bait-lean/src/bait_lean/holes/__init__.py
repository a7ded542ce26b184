"""The holes of a text: found, opened, and what is told of them."""
