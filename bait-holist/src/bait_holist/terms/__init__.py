"""HOL Light's terms as S-expressions: the form that is exact."""
