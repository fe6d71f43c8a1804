"""State of the running program: plan and undo, recovery copies, settings, messages. No widgets."""
