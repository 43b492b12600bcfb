"""Who there is: users and their roles, agents, departments, teams, sites, tokens."""
