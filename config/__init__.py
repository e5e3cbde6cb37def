"""Settings and wiring: names everyone by string, holds no rules of its own."""
