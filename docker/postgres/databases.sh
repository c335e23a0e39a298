#!/bin/bash
# Runs once, when the volume is new: a database and an owner each for Airflow, tidegate and the Hive metastore.
set -euo pipefail

make_database() {
  psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 \
    --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}

make_database airflow "$AIRFLOW_DB_PASSWORD"
make_database tidegate "$TIDEGATE_DB_PASSWORD"
make_database hive "$HIVE_DB_PASSWORD"
