"""A pact of a teacher and a company's contact: the smallest process that is signed by link."""
