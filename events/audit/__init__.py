"""How outsiders can tell that what was recorded is whole and unchanged: trees and checkpoints."""
