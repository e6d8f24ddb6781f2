"""The pages: templates and static files that call the public API like any other client, and nothing else."""
