"""What is done with each event on its way from the stream to the reducer: it is cleaned of secrets, logged, and attributed."""
