"""The window and everything in it."""

import planner.app as _before_qt  # noqa: F401 - see there
