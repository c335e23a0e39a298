import java.net.InetSocketAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.IHMSHandler;
import org.apache.hadoop.hive.metastore.RawStore;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.thrift.TProcessor;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.server.ServerContext;
import org.apache.thrift.server.TServerEventHandler;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransport;

/**
 * Hive's metastore on one address. Hive 2.3, which pyspark carries, has no setting for that: its own main listens on all
 * interfaces, and asks nobody who they are. Compiled by Janino when it starts; arguments: address and port.
 */
public class LoopbackMetastore {
  public static void main(String[] args) throws Exception {
    HiveConf conf = new HiveConf(HiveMetaStore.class);
    HiveMetaStore.HMSHandler base = new HiveMetaStore.HMSHandler("tidegate", conf, false);
    IHMSHandler handler = HiveMetaStore.newRetryingHMSHandler(base, conf);
    TServerSocket socket = new TServerSocket(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
    TProcessor processor = new TSetIpAddressProcessor(handler);
    TThreadPoolServer.Args options = new TThreadPoolServer.Args(socket);
    options.processor(processor);
    options.protocolFactory(new TBinaryProtocol.Factory());
    TThreadPoolServer server = new TThreadPoolServer(options);
    server.setServerEventHandler(new TServerEventHandler() {
      public void preServe() {}
      public ServerContext createContext(TProtocol in, TProtocol out) { return null; }
      public void processContext(ServerContext c, TTransport in, TTransport out) {}
      public void deleteContext(ServerContext c, TProtocol in, TProtocol out) {
        RawStore store = HiveMetaStore.HMSHandler.getRawStore();
        if (store != null) {
          store.shutdown();
          HiveMetaStore.HMSHandler.removeRawStore();
        }
      }
    });
    server.serve();
  }
}
