package tokenbroker.redis;

import tokenbroker.seal.Seal;

/**
 * The Lua scripts for atomic changes in Redis. A value of another type, or one that is larger than
 * any sealed value, reads as the text {@code foreign}, which no seal opens.
 *
 * <p>If the Redis user has no right to {@code STRLEN}, values of any size are read.
 *
 * <p>An announcement is published with {@code pcall}. If the Redis user has no right to the
 * channel, the script must not fail halfway through its work.
 */
final class Scripts {

  private static final String READ =
      """
      local function read(key)
        local size = redis.pcall('STRLEN', key)
        if type(size) == 'number' and size > %d then return 'foreign' end
        local value = redis.pcall('GET', key)
        if type(value) == 'table' then return 'foreign' end
        return value
      end
      local function revision(value)
        if not value then return '' end
        return redis.sha1hex(value)
      end
      """
          .formatted(Seal.LARGEST);

  private static final String FIND =
      READ
          + """
          local token = read(KEYS[1])
          local failure = read(KEYS[2])
          local found = {token or '', redis.call('PTTL', KEYS[1]), revision(token),
                         failure or '', redis.call('PTTL', KEYS[2]), revision(failure), 0}
          """;

  /**
   * Reads an owner.
   *
   * <p>KEYS token, failure, connection (only for a connection). Returns the token, its PTTL, its
   * revision, the failure, its PTTL, its revision, and two values of the connection. The first is 1
   * if it does not exist, 2 if its refresh token is dead, else 0. The second is the revision of its
   * sealed value. A connection of another type counts as absent.
   */
  static final String LOOK =
      FIND
          + """
          found[8] = ''
          if KEYS[3] then
            local fields = redis.pcall('HMGET', KEYS[3], 'state', 'sealed')
            if fields.err then
              if not string.find(fields.err, 'WRONGTYPE', 1, true) then return fields end
              fields = {}
            end
            if not fields[1] then found[7] = 1 elseif fields[1] ~= 'active' then found[7] = 2 end
            found[8] = revision(fields[2])
          end
          return found
          """;

  /**
   * Reads a client's own account and acquires its lease.
   *
   * <p>KEYS token, failure, lease. ARGV revisions of token and failure seen, holder, PX. Returns
   * the values of {@link #LOOK}, without a connection and with the lease in the last place. That is
   * 0 if the lease was not acquired, else 1. It is 2 if the former lease lasted longer than a lease
   * can.
   */
  static final String LOOK_OR_LEASE =
      FIND
          + """
          found[8] = 0
          if ARGV[1] == '?' or (ARGV[1] == found[3] and ARGV[2] == found[6]) then
            local left = redis.call('PTTL', KEYS[3])
            local endless = left == -1 or left > tonumber(ARGV[4])
            if endless then redis.call('DEL', KEYS[3]) end
            if redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', ARGV[4]) then
              found[8] = endless and 2 or 1
            end
          end
          return found
          """;

  /**
   * Stores a token.
   *
   * <p>KEYS token, failure, connection (only for a connection). ARGV revision of the token seen,
   * sealed token, PX, channel, announcement, 1 for a token that was just fetched. Returns 1 if the
   * token was stored, because Redis had what was seen. For a fetched token, Redis may also have
   * nothing, and the failure is removed.
   */
  static final String KEEP =
      READ
          + """
          if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
          local stored = revision(read(KEYS[1]))
          local fetched = ARGV[6] == '1'
          local missing = fetched and stored == ''
          if ARGV[1] ~= '?' and ARGV[1] ~= stored and not missing then return 0 end
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          if fetched then redis.call('DEL', KEYS[2]) end
          redis.pcall('PUBLISH', ARGV[4], ARGV[5])
          return 1
          """;

  /** Removes cached data and announces it. KEYS all cached keys. ARGV channel, announcement. */
  static final String DROP =
      """
      redis.call('DEL', unpack(KEYS))
      redis.pcall('PUBLISH', ARGV[1], ARGV[2])
      return 1
      """;

  /**
   * Stores a failure and announces it. KEYS failure. ARGV sealed failure, PX, channel,
   * announcement.
   */
  static final String REMEMBER =
      """
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      redis.pcall('PUBLISH', ARGV[3], ARGV[4])
      return 1
      """;

  /**
   * Claims a forced fetch.
   *
   * <p>KEYS claim. ARGV revision of the claim to replace, sealed claim, PX. Returns the existing
   * claim, its PTTL and its revision if it stays; nothing if the new one was stored.
   */
  static final String CLAIM =
      READ
          + """
          local held = read(KEYS[1])
          if held and ARGV[1] ~= revision(held) then
            return {held, redis.call('PTTL', KEYS[1]), revision(held)}
          end
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          return {}
          """;

  /** Releases a lease. KEYS lease. ARGV holder. */
  static final String RELEASE =
      """
      if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
      return 0
      """;

  /**
   * Extends a lease. KEYS lease. ARGV holder, PX. Returns 0 if the holder no longer has the lease.
   */
  static final String EXTEND =
      """
      if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
      return 0
      """;

  private Scripts() {}
}
