"""What `./dev check` looks at besides the tests."""
