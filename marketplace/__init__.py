"""When and where people work: queues, duty, assignments, and the matcher that moves agents between queues."""
