"""Commands of the pipeline. What they need is imported when they run: torch takes seconds."""
