"""Charts as pure functions: data in, a figure with its words and its table out. No screen here."""
