#!/bin/sh
# Starts Spark Connect in the foreground.
set -eu
umask 0002 # Hive and Airflow, of the same group, write below the folders that Spark makes
exec /opt/spark/sbin/start-connect-server.sh \
  --master 'local[*]' \
  --driver-memory "${SPARK_DRIVER_MEMORY:-2g}" \
  --conf spark.connect.grpc.binding.address=0.0.0.0 \
  --conf spark.connect.grpc.binding.port=15002 \
  --conf spark.python.daemon.module=tidegate.adapters.spark.worker_daemon \
  --conf spark.python.worker.reuse=false \
  --conf spark.sql.catalogImplementation=in-memory \
  --conf spark.sql.session.timeZone=UTC \
  --conf spark.sql.warehouse.dir=file:///warehouse \
  --conf spark.speculation=false \
  --conf spark.ui.enabled=false
