package tokenbroker.redis;

/**
 * The Lua scripts for atomic changes to connections and authorizations. A connection is a hash. Its
 * fields are sealed, except for words that the scripts need.
 */
final class ConnectionScripts {

  private static final String REVISION =
      """
      local function revision(key)
        local sealed = redis.call('HGET', key, 'sealed')
        return sealed and redis.sha1hex(sealed) or ''
      end
      """;

  /** The time in milliseconds since the epoch, by the Redis clock that all replicas share. */
  private static final String NOW =
      """
      local function now()
        local time = redis.call('TIME')
        return time[1] * 1000 + math.floor(time[2] / 1000)
      end
      """;

  /**
   * Stores a connection.
   *
   * <p>KEYS connection, ids, ended ids, due ids, claim, users. ARGV id, sealed connection,
   * milliseconds until it is due, user or empty, the user's previous id or empty. Returns 0 if the
   * user has another connection by now.
   */
  static final String PUT =
      NOW
          + """
          if ARGV[4] ~= '' then
            if (redis.call('HGET', KEYS[6], ARGV[4]) or '') ~= ARGV[5] then return 0 end
            redis.call('HSET', KEYS[6], ARGV[4], ARGV[1])
          end
          redis.call('DEL', KEYS[1], KEYS[5])
          redis.call('HSET', KEYS[1], 'sealed', ARGV[2], 'state', 'active', 'user', ARGV[4])
          redis.call('ZADD', KEYS[2], 0, ARGV[1])
          redis.call('SREM', KEYS[3], ARGV[1])
          redis.call('ZADD', KEYS[4], now() + ARGV[3], ARGV[1])
          return 1
          """;

  /**
   * Finds connections. KEYS connections. Returns the sealed value, revision and state of each;
   * empty texts if it does not exist.
   */
  static final String FIND =
      REVISION
          + """
          local found = {}
          for i, key in ipairs(KEYS) do
            local fields = redis.call('HMGET', key, 'sealed', 'state')
            found[i] = {fields[1] or '', revision(key), fields[2] or ''}
          end
          return found
          """;

  /**
   * Claims a connection.
   *
   * <p>KEYS connection, claim. ARGV holder, PX, revision seen or empty. Returns {@code ok}, the
   * sealed connection and its revision if the claim succeeds. Otherwise it returns one word: {@code
   * ended}, {@code changed} or {@code claimed}. Returns nothing if the connection does not exist. A
   * claim that lasts longer than the term is invalid and is replaced.
   */
  static final String CLAIM =
      REVISION
          + """
          local fields = redis.call('HMGET', KEYS[1], 'sealed', 'state')
          if not fields[1] then return {} end
          if fields[2] ~= 'active' then return {'ended'} end
          local stored = revision(KEYS[1])
          if ARGV[3] ~= '' and ARGV[3] ~= stored then return {'changed'} end
          local left = redis.call('PTTL', KEYS[2])
          if left == -1 or left > tonumber(ARGV[2]) then redis.call('DEL', KEYS[2]) end
          if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'claimed'} end
          return {'ok', fields[1], stored}
          """;

  /**
   * Replaces the refresh token.
   *
   * <p>KEYS connection, ended ids, due ids. ARGV id, revision seen, sealed connection, milliseconds
   * until it is due. Returns 1 if this value is stored now, even by an earlier attempt.
   */
  static final String ROTATE =
      REVISION
          + NOW
          + """
          local stored = revision(KEYS[1])
          if stored == redis.sha1hex(ARGV[3]) then return 1 end
          if stored == '' or stored ~= ARGV[2] then return 0 end
          redis.call('HSET', KEYS[1], 'sealed', ARGV[3], 'state', 'active')
          redis.call('SREM', KEYS[2], ARGV[1])
          redis.call('ZADD', KEYS[3], now() + ARGV[4], ARGV[1])
          return 1
          """;

  /**
   * Marks a connection as ended.
   *
   * <p>KEYS connection, ended ids, due ids, claim. ARGV id, revision seen, holder of the claim.
   * Returns 1 if it was marked.
   */
  static final String END =
      REVISION
          + """
          local stored = revision(KEYS[1])
          if stored == '' or stored ~= ARGV[2] then return 0 end
          if redis.call('GET', KEYS[4]) ~= ARGV[3] then return 0 end
          redis.call('HSET', KEYS[1], 'state', 'reconnect_required')
          redis.call('SADD', KEYS[2], ARGV[1])
          redis.call('ZREM', KEYS[3], ARGV[1])
          return 1
          """;

  /**
   * Removes a connection.
   *
   * <p>KEYS connection, ids, ended ids, due ids, users, and all cached keys. ARGV id, channel,
   * announcement. Returns 1 if the connection existed.
   */
  static final String REMOVE =
      """
      local user = redis.call('HGET', KEYS[1], 'user')
      if user and redis.call('HGET', KEYS[5], user) == ARGV[1] then
        redis.call('HDEL', KEYS[5], user)
      end
      local removed = redis.call('DEL', KEYS[1])
      redis.call('ZREM', KEYS[2], ARGV[1])
      redis.call('SREM', KEYS[3], ARGV[1])
      redis.call('ZREM', KEYS[4], ARGV[1])
      for i = 6, #KEYS do redis.call('DEL', KEYS[i]) end
      redis.pcall('PUBLISH', ARGV[2], ARGV[3])
      return removed
      """;

  /**
   * Finds due connections.
   *
   * <p>KEYS due ids. ARGV limit, a random number in [0, 1). Returns up to the limit of consecutive
   * due ids in the order of their times, from a random position on.
   */
  static final String DUE =
      NOW
          + """
          local limit = tonumber(ARGV[1])
          local time = now()
          local beyond = math.max(0, redis.call('ZCOUNT', KEYS[1], '-inf', time) - limit)
          local from = math.floor(ARGV[2] * (beyond + 1))
          return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time, 'LIMIT', from, limit)
          """;

  /**
   * Counts connections.
   *
   * <p>KEYS ids, ended ids, due ids, user key. ARGV milliseconds after which a due connection is
   * overdue. Returns the numbers of all, ended and overdue connections, and the sealed user key or
   * empty.
   */
  static final String COUNT =
      NOW
          + """
          return {redis.call('ZCARD', KEYS[1]), redis.call('SCARD', KEYS[2]),
                  redis.call('ZCOUNT', KEYS[3], '-inf', now() - ARGV[1]),
                  redis.call('GET', KEYS[4]) or ''}
          """;

  /** Stores a value unless one exists. KEYS value. ARGV initial value. Returns the stored value. */
  static final String GET_OR_SET =
      """
      redis.call('SET', KEYS[1], ARGV[1], 'NX')
      return redis.call('GET', KEYS[1])
      """;

  /** Reads a value. KEYS value. Returns the value or empty, and its PTTL. */
  static final String GET =
      """
      return {redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1])}
      """;

  /**
   * Replaces a value.
   *
   * <p>KEYS value. ARGV value seen, next value, PX or empty to keep its expiry. Returns 1 if it was
   * replaced.
   */
  static final String REPLACE =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      if ARGV[3] == '' then
        redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
      else
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      end
      return 1
      """;

  /**
   * Stores an authorization.
   *
   * <p>KEYS authorization, count of its caller. ARGV sealed authorization, PX, the maximum per
   * caller. Returns 0 if it was stored, else the PTTL of the count. A count that is not a number,
   * or lasts too long, restarts.
   */
  static final String KEEP_AUTHORIZATION =
      """
      local left = redis.call('PTTL', KEYS[2])
      if left < 0 or left > tonumber(ARGV[2]) then redis.call('DEL', KEYS[2]) end
      local count = redis.pcall('INCR', KEYS[2])
      if type(count) ~= 'number' then
        redis.call('DEL', KEYS[2])
        count = redis.call('INCR', KEYS[2])
      end
      if count == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
      if count > tonumber(ARGV[3]) then return redis.call('PTTL', KEYS[2]) end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return 0
      """;

  private ConnectionScripts() {}
}
