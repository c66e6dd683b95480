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
   * KEYS connection, ids, ended ids, due ids, claim. ARGV id, sealed connection, milliseconds until
   * it is due.
   */
  static final String PUT =
      NOW
          + """
          redis.call('DEL', KEYS[1], KEYS[5])
          redis.call('HSET', KEYS[1], 'sealed', ARGV[2], 'state', 'active')
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
   * changed} or {@code claimed}. Empty if there is no connection.
   */
  static final String CLAIM =
      REVISION
          + """
          local fields = redis.call('HMGET', KEYS[1], 'sealed', 'state')
          if not fields[1] then return {} end
          if fields[2] ~= 'active' then return {'ended'} end
          local stored = revision(KEYS[1])
          if ARGV[3] ~= '' and ARGV[3] ~= stored then return {'changed'} end
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
   * KEYS connection, ids, ended ids, due ids, and all that is cached. ARGV id, channel,
   * announcement. Returns 1 where there was one.
   */
  static final String REMOVE =
      """
      local removed = redis.call('DEL', KEYS[1])
      redis.call('ZREM', KEYS[2], ARGV[1])
      redis.call('SREM', KEYS[3], ARGV[1])
      redis.call('ZREM', KEYS[4], ARGV[1])
      for i = 5, #KEYS do redis.call('DEL', KEYS[i]) end
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

  /** KEYS ids, ended ids, due ids. ARGV milliseconds past its time that make one overdue. */
  static final String COUNT =
      NOW
          + """
          return {redis.call('ZCARD', KEYS[1]), redis.call('SCARD', KEYS[2]),
                  redis.call('ZCOUNT', KEYS[3], '-inf', now() - ARGV[1])}
          """;

  /** KEYS authorization. ARGV sealed authorization, PX. */
  static final String KEEP_AUTHORIZATION =
      """
      redis.call('HSET', KEYS[1], 'about', ARGV[1])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return 1
      """;

  /**
   * KEYS authorization. ARGV browser. Returns the authorization if it is unclaimed and, from now
   * on, this browser's.
   */
  static final String BIND =
      """
      local about = redis.call('HGET', KEYS[1], 'about')
      if not about or redis.call('HEXISTS', KEYS[1], 'claimed') == 1 then return nil end
      redis.call('HSETNX', KEYS[1], 'browser', ARGV[1])
      if redis.call('HGET', KEYS[1], 'browser') ~= ARGV[1] then return nil end
      return about
      """;

  /**
   * KEYS authorization, its claim. ARGV browser, PX of the claim. Returns a word, then the
   * authorization and its outcome as far as the word has them.
   */
  static final String CLAIM_AUTHORIZATION =
      """
      local fields = redis.call('HMGET', KEYS[1], 'browser', 'about', 'outcome', 'claimed')
      if fields[1] ~= ARGV[1] or not fields[2] then return {'absent'} end
      if fields[3] then return {'finished', fields[2], fields[3]} end
      if not fields[4] then
        redis.call('HSET', KEYS[1], 'claimed', '1')
        redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
        return {'first', fields[2]}
      end
      if redis.call('EXISTS', KEYS[2]) == 1 then return {'under_way'} end
      return {'abandoned'}
      """;

  /** KEYS authorization, its claim. ARGV browser, sealed outcome, PX. */
  static final String FINISH_AUTHORIZATION =
      """
      if redis.call('HGET', KEYS[1], 'browser') ~= ARGV[1] then return 0 end
      redis.call('HSET', KEYS[1], 'outcome', ARGV[2])
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      redis.call('DEL', KEYS[2])
      return 1
      """;

  private ConnectionScripts() {}
}
