"""The environment `holist`: HOL Light."""
