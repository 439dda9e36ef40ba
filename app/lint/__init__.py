"""
Problems: rules over what arrives, each with a severity, a sentence, its evidence and what to do.

The rules are those of semantics §28 (`LNT-…`) and of wire-format §9.6 (`WIRE-…`). A family of
rules is a file of its own; `families` lists them. They see captures in order of arrival, remember
a bounded amount, and never hold up a capture: `follower` runs them in the study.
"""
