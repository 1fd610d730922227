"""What a user can do in an instance. The Python handles (`api/`) and the pages' commands (`page/commands/`) call these operations alone."""
