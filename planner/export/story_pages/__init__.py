"""The pages of the story of a plan, one function a page; `planner.export.storyteller` puts them in order."""
