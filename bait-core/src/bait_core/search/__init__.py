"""The searches that need no learned scores."""
