"""Our preparation beside the peers': time, memory, and errors against a simulated scene's truth.

Every contender works in a process of its own, after a warm-up on a tiny scene in that process.
"""
