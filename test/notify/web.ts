import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A program that takes JSON posts, keeps them by path, and answers as told. */
export interface WebStandIn {
  readonly url: string
  bodies(path: string): readonly unknown[]
  headers(path: string): readonly Readonly<Record<string, unknown>>[]
  answer: { status: number; headers?: Record<string, string>; text?: string }
  close(): Promise<void>
}

export async function webStandIn(): Promise<WebStandIn> {
  const taken: { path: string; body: unknown; headers: Record<string, unknown> }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const { status, headers = {}, text: said = '' } = web.answer
    taken.push({ path: request.url ?? '', body: JSON.parse(text), headers: request.headers })
    response.writeHead(status, headers).end(said)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const web: WebStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    bodies: (path) => taken.filter((each) => each.path === path).map(({ body }) => body),
    headers: (path) => taken.filter((each) => each.path === path).map(({ headers }) => headers),
    answer: { status: 200 },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return web
}
