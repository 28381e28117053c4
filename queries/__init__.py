"""Questions put to the published warehouse: SQL with bound parameters, typed answers, no screen.

``warehouse`` opens the current build; the other modules each answer one subject.
"""
