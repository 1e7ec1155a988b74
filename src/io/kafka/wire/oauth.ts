import kafkajs, { type Mechanism } from 'kafkajs'

/** The library's error that no repetition mends; its types leave out that it takes a message. */
const Refused = kafkajs.KafkaJSSASLAuthenticationError as unknown as new (message: string) => Error
/** Separates the parts of the client's one message (RFC 7628). */
const SEPARATOR = '\u0001'

/**
 * Proves who we are by a bearer token, asked for at each connection. The library's own way takes a refusal for a success: the
 * broker says it in its answer, and waits for us to hang up.
 */
export function oauthBearer(token: () => Promise<string>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const message = `n,,${SEPARATOR}auth=Bearer ${await token()}${SEPARATOR}${SEPARATOR}`
        const refusal = await saslAuthenticate({
          request: { encode: () => sized(Buffer.from(message)) },
          response: { decode: (answer) => answer.subarray(4), parse: String },
        }).catch((error: Error) => error.message)
        if (typeof refusal === 'string' && refusal !== '')
          throw new Refused(`SASL OAUTHBEARER authentication failed: ${reason(refusal)}`)
      },
    }),
  }
}

/** Bytes behind their length, as the protocol writes them. */
function sized(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** The broker answers `{"status":"invalid_token"}`. */
function reason(said: string): string {
  return /"status" ?: ?"([\w ]{1,100})"/.exec(said)?.[1] ?? said.slice(0, 200)
}
