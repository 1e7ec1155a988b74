/** Whether a file of authorities (PEM) holds a certificate: with another text Node trusts nobody, and does not say so. */
export const holdsCertificate = (pem: string): boolean => /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(pem)

/** Why a connection by TLS failed, of what Node says: less its advice to whoever starts Node, and the places in OpenSSL. */
export function tlsReason(message: string): string {
  const [said = message, advice] = message.split('; if the root CA is installed locally')
  if (advice !== undefined) return `${said}: expected one that an authority of \`ca\` or of this machine signed`
  const [, reason] = /:error:[\dA-F]+:SSL routines:[^:]*:([^:]+):/.exec(message) ?? []
  if (reason === 'wrong version number') return 'it speaks no TLS at this port'
  return reason === undefined ? message : `TLS: ${reason}`
}
