"""How people come in, stay in and are let out again."""
