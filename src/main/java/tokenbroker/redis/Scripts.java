package tokenbroker.redis;

/**
 * What must happen in Redis in one step. A value of a foreign type reads as the text {@code
 * foreign}, which no seal opens.
 */
final class Scripts {

  private static final String READ =
      """
      local function read(key)
        local value = redis.pcall('GET', key)
        if type(value) == 'table' then return 'foreign' end
        return value
      end
      local function revision(value)
        if not value then return '' end
        return redis.sha1hex(value)
      end
      """;

  /** KEYS token, failure. Returns token, its PTTL, its revision, failure, its PTTL. */
  static final String LOOK =
      READ
          + """
          local token = read(KEYS[1])
          local failure = read(KEYS[2])
          return {token or '', redis.call('PTTL', KEYS[1]), revision(token),
                  failure or '', redis.call('PTTL', KEYS[2])}
          """;

  /** KEYS token, failure. ARGV revision seen, sealed token, PX. Returns 1 where it was kept. */
  static final String KEEP =
      READ
          + """
          if ARGV[1] ~= '?' and ARGV[1] ~= revision(read(KEYS[1])) then return 0 end
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          redis.call('DEL', KEYS[2])
          return 1
          """;

  /** KEYS lease. ARGV owner. */
  static final String RELEASE =
      """
      if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
      return 0
      """;

  /** KEYS lease. ARGV owner, PX. Returns 0 where the lease is no longer the owner's. */
  static final String EXTEND =
      """
      if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
      return 0
      """;

  private Scripts() {}
}
