package bench;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.formats.json.JsonDeserializationSchema;
import org.apache.flink.formats.parquet.row.ParquetRowDataBuilder;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.Collector;

/**
 * The benchmark's job on Flink: what is committed in a topic, by key, into Parquet in dt=/hour= folders.
 *
 *   KafkaToFiles BOOTSTRAP TOPIC FOLDER running|through hashmap|rocksdb
 *
 * Exactly once: checkpoints every 5 s, files are finished by them. One JVM. Prints the seconds of the job.
 */
public class KafkaToFiles {
    static final int WINDOW = 10;

    public static class Event {
        public String event_id;
        public String key;
        public long event_time;
        public double amount;
    }

    public static class Result {
        public Event event;
        public long running_count;
        public double running_sum;

        public Result() {}

        Result(Event event, long count, double sum) {
            this.event = event;
            running_count = count;
            running_sum = sum;
        }
    }

    /** The state of a key; `ids` is a ring: the id of accepted event n is at n % WINDOW. */
    public static class State {
        public long count;
        public double sum;
        public long first;
        public long last;
        public String[] ids;
    }

    public static class Running extends KeyedProcessFunction<String, Event, Result> {
        private transient ValueState<State> state;

        @Override
        public void open(OpenContext context) {
            state = getRuntimeContext().getState(new ValueStateDescriptor<>("state", State.class));
        }

        @Override
        public void processElement(Event event, Context context, Collector<Result> out) throws Exception {
            State s = state.value();
            if (s == null) {
                s = new State();
                s.first = event.event_time;
                s.ids = new String[] {event.event_id};
            } else {
                for (String id : s.ids) {
                    if (id.equals(event.event_id)) {
                        return;
                    }
                }
                if (s.ids.length < WINDOW) {
                    s.ids = Arrays.copyOf(s.ids, s.ids.length + 1);
                }
                s.ids[(int) (s.count % WINDOW)] = event.event_id;
            }
            s.count++;
            s.sum += event.amount;
            s.last = event.event_time;
            state.update(s);
            out.collect(new Result(event, s.count, s.sum));
        }
    }

    /** The dt=/hour= folder of a row, UTC. */
    public static class ByHour implements BucketAssigner<RowData, String> {
        private static final DateTimeFormatter FOLDER =
                DateTimeFormatter.ofPattern("'dt='yyyy-MM-dd'/hour='HH").withZone(ZoneOffset.UTC);
        private transient long hour;
        private transient String folder;

        @Override
        public String getBucketId(RowData row, Context context) {
            long of = Math.floorDiv(row.getLong(2), 3_600_000L);
            if (folder == null || of != hour) {
                hour = of;
                folder = FOLDER.format(Instant.ofEpochMilli(of * 3_600_000L));
            }
            return folder;
        }

        @Override
        public SimpleVersionedSerializer<String> getSerializer() {
            return SimpleVersionedStringSerializer.INSTANCE;
        }
    }

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0], topic = args[1], folder = args[2], work = args[3], backend = args[4];
        Configuration settings = new Configuration();
        String[][] set = {
            {"parallelism.default", "2"}, {"execution.runtime-mode", "STREAMING"},
            {"execution.checkpointing.interval", "5000 ms"}, {"execution.checkpointing.mode", "EXACTLY_ONCE"},
            {"execution.checkpointing.dir", "file://" + folder + "/checkpoints"},
            {"execution.checkpointing.incremental", "true"}, {"state.backend.type", backend},
            {"taskmanager.memory.managed.size", "1g"}, {"taskmanager.memory.network.max", "256m"},
            {"pipeline.object-reuse", "true"}, {"pipeline.generic-types", "false"},
            {"io.tmp.dirs", folder + "/tmp"}, {"restart-strategy.type", "none"}};
        for (String[] pair : set) {
            settings.setString(pair[0], pair[1]);
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        KafkaSource<Event> source = KafkaSource.<Event>builder()
                .setBootstrapServers(bootstrap).setTopics(topic).setGroupId("flink")
                .setStartingOffsets(OffsetsInitializer.earliest()).setBounded(OffsetsInitializer.latest())
                .setProperty("isolation.level", "read_committed")
                .setValueOnlyDeserializer(new JsonDeserializationSchema<>(Event.class))
                .build();
        DataStream<Event> events =
                env.fromSource(source, WatermarkStrategy.noWatermarks(), "topic", Types.POJO(Event.class));
        DataStream<RowData> rows;
        RowType columns;
        if (work.equals("running")) {
            columns = rowType(true);
            rows = events.keyBy(e -> e.key).process(new Running(), Types.POJO(Result.class))
                    .map(r -> (RowData) GenericRowData.of(StringData.fromString(r.event.event_id),
                            StringData.fromString(r.event.key), r.event.event_time, r.event.amount,
                            r.running_count, r.running_sum))
                    .returns(typed(columns));
        } else {
            columns = rowType(false);
            rows = events.map(e -> (RowData) GenericRowData.of(StringData.fromString(e.event_id),
                            StringData.fromString(e.key), e.event_time, e.amount))
                    .returns(typed(columns));
        }
        rows.sinkTo(FileSink.forBulkFormat(new Path("file://" + folder + "/out"),
                        ParquetRowDataBuilder.createWriterFactory(columns, new org.apache.hadoop.conf.Configuration(), true))
                .withBucketAssigner(new ByHour()).build());
        long began = System.nanoTime();
        env.execute("kafka to files");
        System.out.printf("seconds %.2f%n", Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3);
        System.exit(0);
    }

    @SuppressWarnings("unchecked")
    static TypeInformation<RowData> typed(RowType columns) {
        return (TypeInformation<RowData>) (TypeInformation<?>) InternalTypeInfo.of(columns);
    }

    static RowType rowType(boolean running) {
        List<RowType.RowField> fields = new java.util.ArrayList<>(List.of(
                new RowType.RowField("event_id", VarCharType.STRING_TYPE), new RowType.RowField("key", VarCharType.STRING_TYPE),
                new RowType.RowField("event_time", new BigIntType()), new RowType.RowField("amount", new DoubleType())));
        if (running) {
            fields.add(new RowType.RowField("running_count", new BigIntType()));
            fields.add(new RowType.RowField("running_sum", new DoubleType()));
        }
        return new RowType(fields);
    }
}
