"""Keys: what a process holds, who holds which, which one to seal to. Encryption is in reports/sealing/."""
