"""Keys and sealing. core and receipt_code are pure; the others know Django."""
