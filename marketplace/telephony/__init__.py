"""Switches: what serves contacts, behind one small interface (`switch.Switch`), joined to gigcx by a `bridge.Bridge`.

A bridge speaks the two published HTTP calls and nothing else, so it needs no database and may run on another machine.
"""
