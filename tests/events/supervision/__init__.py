"""The facts, terms and invoices of a supervision trajectory."""
