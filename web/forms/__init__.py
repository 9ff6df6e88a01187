"""Forms made from the models of commands, and what comes back from them."""
