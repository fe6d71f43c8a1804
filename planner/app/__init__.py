"""State of the running program: plan and undo, recovery copies, settings, messages. No widgets.

Importing it brings the engine and the price list in before Qt: once Qt's bindings are there, they read the
source of every module imported later, 0.2 ms each, and a start takes a tenth longer.
"""

import genai_prices.data_snapshot as _price_list  # noqa: F401

import planner.engine.run as _engine  # noqa: F401
import planner.scenario.presets as _presets  # noqa: F401
