"""Presenting from the app: a page of the story full screen, the sliders at hand, the notes beside it."""
