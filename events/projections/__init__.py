"""Read models: what lists, tasks, agenda and reports show, built from all events in their order."""
