"""Settings and wiring: names the other packages by string and holds no rules of its own."""
