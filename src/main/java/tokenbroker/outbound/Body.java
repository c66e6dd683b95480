package tokenbroker.outbound;

/** The received body of an answer. The status and the headers are valid in every case. */
public sealed interface Body {

  /** The maximum size of a body in bytes, both before and after decoding its content coding. */
  int LIMIT = 256 * 1024;

  /** The whole body, without its content coding. Two such bodies are never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] bytes) implements Body {}

  /** The body was truncated. */
  record CutOff() implements Body {}

  /** The body has more than {@value #LIMIT} bytes. The rest was not read. */
  record TooLarge() implements Body {}

  /** The headers do not determine the length of the body, so it was not read. */
  record Unframed() implements Body {}

  /** The body has a content coding that was not requested and cannot be decoded. */
  record Undecodable() implements Body {}
}
