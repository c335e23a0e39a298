"""Server-rendered pages about pipelines, behind Airflow's log-in."""
