"""The pages by which a board looks after its people, settings and texts, and sees how it goes."""
