package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections of an attacker who has several addresses of the loopback network. Each sends the same
 * text and then stays open until the server closes it.
 */
public final class HeldConnections implements AutoCloseable {

  private static final int ADDRESSES = 8;

  /** Above this number, sockets that the server has closed are closed: 20,000 files may be open. */
  private static final int MOST_OPEN = 6_000;

  private final ArrayDeque<SocketChannel> open = new ArrayDeque<>();
  private final int port;
  private int opened;
  private int refused;

  public HeldConnections(int port) {
    this.port = port;
  }

  /** Opens connections, and counts also those that the server does not accept. */
  public void open(int connections, String words) {
    for (var i = 0; i < connections; i++) {
      openOne(words);
      if (open.size() >= MOST_OPEN) {
        closeRefused();
      }
    }
  }

  private void openOne(String words) {
    opened++;
    try {
      var channel = SocketChannel.open();
      open.add(channel);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + (2 + opened % ADDRESSES)), 0));
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.configureBlocking(false);
      channel.write(ByteBuffer.wrap(words.getBytes(ISO_8859_1)));
    } catch (IOException e) {
      // Refused: closeRefused counts it.
    }
  }

  /** Returns how many connections the server has not closed. */
  public int held() {
    closeRefused();
    return open.size();
  }

  public int opened() {
    return opened;
  }

  public int refused() {
    return refused;
  }

  private void closeRefused() {
    List<SocketChannel> over = new ArrayList<>();
    for (var channel : open) {
      if (isOver(channel)) {
        over.add(channel);
      }
    }
    over.forEach(HeldConnections::close);
    open.removeAll(over);
    refused += over.size();
  }

  private static boolean isOver(SocketChannel channel) {
    try {
      return !channel.isConnected() || channel.read(ByteBuffer.allocate(2048)) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    open.forEach(HeldConnections::close);
  }
}
