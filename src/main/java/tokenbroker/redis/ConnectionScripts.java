package tokenbroker.redis;

/**
 * What must happen to connections and authorizations in one step. Each is a hash whose fields are
 * sealed but for words that decide here.
 */
final class ConnectionScripts {

  private static final String REVISION =
      """
      local function revision(key)
        local sealed = redis.call('HGET', key, 'sealed')
        return sealed and redis.sha1hex(sealed) or ''
      end
      """;

  /** Milliseconds since the epoch by the clock that all replicas share. */
  private static final String NOW =
      """
      local function now()
        local time = redis.call('TIME')
        return time[1] * 1000 + math.floor(time[2] / 1000)
      end
      """;

  /**
   * KEYS connection, ids, ended ids, due ids, claim, users. ARGV id, sealed connection,
   * milliseconds until it is due, user or empty, id that the user had or empty. Returns 0 if the
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

  /** KEYS connections. Returns each as it is sealed, its revision, its state: empty if none is. */
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
   * KEYS connection, claim. ARGV owner, PX, revision seen or empty. Returns {@code ok}, the sealed
   * connection and its revision if the claim was taken, else one word: {@code ended}, {@code
   * changed} or {@code claimed}. Empty if there is no connection. A claim that lasts longer than it
   * can is none.
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
   * KEYS connection, ended ids, due ids. ARGV id, revision seen, sealed connection, milliseconds
   * until it is due. Returns 1 where that one is stored now, were it by an earlier try.
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
   * KEYS connection, ended ids, due ids, claim. ARGV id, revision seen, owner of the claim. Returns
   * 1 where it was marked.
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
   * KEYS connection, ids, ended ids, due ids, users, and all that is cached. ARGV id, channel,
   * announcement. Returns 1 if there was one.
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
   * KEYS due ids. ARGV limit, a random number in [0, 1). Returns as many that are due, which follow
   * each other in time, from a random place on.
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
   * KEYS ids, ended ids, due ids, user key. ARGV milliseconds past its time that make one overdue.
   * Returns how many there are, are ended, are overdue; and the sealed user key or empty.
   */
  static final String COUNT =
      NOW
          + """
          return {redis.call('ZCARD', KEYS[1]), redis.call('SCARD', KEYS[2]),
                  redis.call('ZCOUNT', KEYS[3], '-inf', now() - ARGV[1]),
                  redis.call('GET', KEYS[4]) or ''}
          """;

  /** KEYS value. ARGV a first value. Returns the one that is there. */
  static final String GET_OR_SET =
      """
      redis.call('SET', KEYS[1], ARGV[1], 'NX')
      return redis.call('GET', KEYS[1])
      """;

  /** KEYS value. Returns it or empty, and its PTTL. */
  static final String GET =
      """
      return {redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1])}
      """;

  /**
   * KEYS value. ARGV value seen, next value, PX or empty to keep its end. Returns 1 if it was
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
   * KEYS authorization, count of its caller. ARGV sealed authorization, PX, the most of a caller.
   * Returns 0 if it was kept, else the PTTL of the count. A count that is none, or lasts too long,
   * begins anew.
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
