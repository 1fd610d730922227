"""What is done with each event on its way to the reducer: cleaned of secrets, logged, attributed. And the output of running shells."""
