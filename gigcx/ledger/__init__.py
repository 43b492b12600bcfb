"""One Entry per change, written in the change's own transaction: audit trail, outbox, and source of every notice."""
