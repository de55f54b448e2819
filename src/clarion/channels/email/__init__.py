"""E-mail: letters as RFC 5322 wants them."""
