"""Looking for scenes in archives: how an archive is asked, and how its answers are read.

Answers come from strangers. Whatever they say is checked, kept small and kept free of secrets; an
item that cannot be used is refused with a reason, and the others go on.
"""
