"""The roof and the floor: settings, the ledger, accounts, and what starts the processes."""
