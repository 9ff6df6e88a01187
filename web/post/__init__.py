"""How a person hears of things outside the pages: mail by choice, and the own calendar."""
