"""tidegate inside Airflow: DAGs, operators, connections, the plugin page."""
