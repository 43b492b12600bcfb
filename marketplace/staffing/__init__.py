"""How many are needed: Erlang, arrival rate, surge. Pure: no Django, no database, no clock."""
