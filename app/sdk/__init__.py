"""
Which SDK sent an upload, and with which options: identified from what it writes, inferred from how
it behaves (wire-format §3).

`identify` names the sender. `options` lists what each SDK can be told, with defaults. `observe`
learns from arrivals, `follower` keeps that per instance, and `report` says of every option what it
is and how that is known. Nothing here is certain that traffic cannot show; then it says unknown.
"""
