import { readFileSync } from 'node:fs'
import { ClientCredentials } from 'simple-oauth2'

const { CLIENT_ID, TOKEN_FILE, TOKEN_LEEWAY = 360, TOKEN_URL, TRACKMAGE_URL } = process.env
const tokenUrl = new URL(TOKEN_URL)

// simple-oauth2 keeps the secret as a string. A client per token request reads the current JWT.
const currentClient = () =>
  new ClientCredentials({
    client: { id: CLIENT_ID, secret: readFileSync(TOKEN_FILE, 'utf8').trim() },
    auth: { tokenHost: tokenUrl.origin, tokenPath: tokenUrl.pathname },
    http: { timeout: 15_000 },
  })

let token
let renewal

async function accessToken() {
  if (!token || token.expired(TOKEN_LEEWAY)) {
    renewal ??= currentClient().getToken({}).finally(() => (renewal = undefined)) // one request for all concurrent callers
    try {
      token = await renewal
    } catch (error) {
      // While the broker is away, the token in hand is used until it expires.
      if (!token || token.expired()) throw error
    }
  }
  return token.token.access_token
}

for (;;) {
  try {
    const headers = { Authorization: `Bearer ${await accessToken()}` }
    const response = await fetch(`${TRACKMAGE_URL}/workspaces?itemsPerPage=1`, { headers, signal: AbortSignal.timeout(15_000) })
    console.log(response.ok ? response.status : `error: TrackMage: ${response.status}`)
  } catch (error) {
    // The answer of the broker is in error.data.payload.
    console.log(`error: ${error.message} ${error.data?.payload?.error ?? ''}`.trimEnd())
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
