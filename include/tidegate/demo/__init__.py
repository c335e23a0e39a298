"""The demos: real flights through real services, some of which are killed, and every row checked."""
