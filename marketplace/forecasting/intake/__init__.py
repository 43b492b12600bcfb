"""History as people hand it over: read, looked at with care, and repaired only where a person chose so."""
