/** How a server is reached by HTTP, and who we are to it. Secrets in files are read anew for each request: they rotate. */
export interface HttpAccess {
  readonly username?: string
  readonly password?: string
  readonly passwordFile?: string
  /** Bearer token. */
  readonly token?: string
  readonly tokenFile?: string
  /** Files in PEM: authorities trusted instead of the system's, our certificate, its key. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Name expected in the server's certificate, where it is not that of the URL. */
  readonly serverName?: string
  /** Whether any certificate is accepted. */
  readonly insecure?: boolean
  /** For the whole exchange, ms. */
  readonly timeout: number
}
