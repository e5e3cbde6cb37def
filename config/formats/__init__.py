"""What Django's own formats of a language leave out; the setting FORMAT_MODULE_PATH points here."""
