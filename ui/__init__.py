"""Pieces of the screen that pages share: address, context, cards, badges, chart frames."""
