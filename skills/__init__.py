"""What people can do: skills, proficiencies, certifications."""
