"""SMS: texts in parts, as telephones take them."""
