"""Every change of what people can do: skills, proficiencies, certifications, certificates."""
