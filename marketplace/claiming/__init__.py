"""PURE: whether an agent can take a shift, with every reason why not. Facts in, reasons out; no clock, no Django.

`facts` says what there is to know, `eligibility` asks every rule in turn, `hours` and `competence` are the two kinds of
rule that need arithmetic.
"""
