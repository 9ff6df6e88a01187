"""What a person at work does, for locust: in a program of its own, as it changes all of Python."""
