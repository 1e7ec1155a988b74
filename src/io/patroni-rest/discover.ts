/** Members that a body of `/cluster` names, with the base URL of their REST API. What has none is left out. */
export function discovered(body: unknown): readonly (readonly [string, string])[] {
  const { members } = (body ?? {}) as { members?: unknown }
  if (!Array.isArray(members)) return []
  return members.flatMap((row: unknown) => {
    const { name, api_url: url } = (row ?? {}) as { name?: unknown; api_url?: unknown }
    if (typeof name !== 'string' || name === '' || typeof url !== 'string') return []
    const base = baseOf(url)
    return base === null ? [] : [[name, base] as const]
  })
}

/** `http://10.0.0.11:8008/patroni` without its path. */
function baseOf(url: string): string | null {
  const parsed = URL.parse(url)
  return parsed === null || !/^https?:$/.test(parsed.protocol) ? null : parsed.origin
}
