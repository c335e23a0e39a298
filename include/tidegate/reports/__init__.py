"""What runs tell people, from Airflow and from the command line: JSON-able summaries, and sentences made of them."""
