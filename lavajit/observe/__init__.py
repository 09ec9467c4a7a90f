"""What a run has recorded: results, statistics, files."""
