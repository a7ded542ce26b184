"""What bait-lean adds to the command line."""
