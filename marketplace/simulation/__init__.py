"""What would happen: the contact-centre model, replay and scenarios. Pure: no Django, no database, no clock."""
