package tokenbroker.outbound;

/** What was received of an answer's body. The status and the headers count in every case. */
public sealed interface Body {

  /** The largest body that is read, in bytes, before and after its content coding is undone. */
  int LIMIT = 256 * 1024;

  /** The whole body, without its content coding. Two of them are never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] bytes) implements Body {}

  /** The body ended before its end. */
  record CutOff() implements Body {}

  /** The body has more than {@value #LIMIT} bytes. The rest was not read. */
  record TooLarge() implements Body {}

  /** The headers do not tell where the body ends. It was not read. */
  record Unframed() implements Body {}

  /** The body has a content coding that was not asked for and cannot be undone. */
  record Undecodable() implements Body {}
}
