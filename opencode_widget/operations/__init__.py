"""What can be done in an instance; Python handles and page commands both call these functions."""
