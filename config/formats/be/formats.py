"""Belarusian: Django groups no digits; people write 20 000."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = "\xa0"
DECIMAL_SEPARATOR = ","
