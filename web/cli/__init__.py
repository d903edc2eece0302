"""Commands of the web room: `icelines serve`, `icelines site`."""
