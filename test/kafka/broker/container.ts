import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { FAST, file, guarded, HEAP, LOGGING, type Runner } from './running.ts'

const run = promisify(execFile)
/** The image of docker-compose.yml. */
export const IMAGE = 'apache/kafka:4.4.0'
const ANSWER = 10_000
const PULL = 300_000

/**
 * Kafka out of its image, when a Docker engine answers that runs containers on this machine's own network and has the image
 * or gets it; else null, and the jars take its place. Elsewhere than on Linux a container's network is not the machine's.
 * Tried with Docker 20.10 and an image of our own in the layout of this one (jars in /opt/kafka/libs, java on the PATH): the
 * real one was not pulled so far.
 */
export async function container(): Promise<Runner | null> {
  if (process.platform !== 'linux') return null
  if (!(await answers(['version', '--format', '{{.Server.Version}}'], ANSWER))) return null
  const has = await answers(['image', 'inspect', '--format', '{{.Id}}', IMAGE], ANSWER)
  if (!has && !(await answers(['pull', '--quiet', IMAGE], PULL))) return null
  // An image that does not run here, for whatever reason, is as good as none.
  return (await answers([...program(nameOf()), '-version'], PULL)) ? runner() : null
}

async function answers(args: readonly string[], timeout: number): Promise<boolean> {
  return run('docker', args, { timeout }).then(
    () => true,
    () => false,
  )
}

function runner(): Runner {
  return {
    async tool(main, args) {
      await run('docker', [...program(nameOf()), ...FAST, '-cp', '/opt/kafka/libs/*', main, ...args])
    },
    async start(properties) {
      const name = nameOf()
      const java = [...HEAP, ...FAST, LOGGING, '-cp', '/opt/kafka/libs/*', 'kafka.Kafka', properties]
      const [guard] = await guarded(`docker rm --force ${name}`, ['docker', ...program(name), ...java])
      const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', name])
      const signal = (of: NodeJS.Signals): void => {
        execFileSync('docker', ['kill', '--signal', of, name], { stdio: 'ignore' })
      }
      return { guard, pid: Number(stdout), signal }
    },
  }
}

const nameOf = (): string => `patrolog-broker-${randomUUID()}`

/**
 * A JVM of the image, up to its arguments. It is on the host's network, where the listeners are those of the settings, on
 * loopback; it sees the folders of the tests under their own names, and writes there as whoever runs them.
 */
function program(name: string): string[] {
  const user = `${process.getuid?.()}:${process.getgid?.()}`
  const folders = [
    `${tmpdir()}:${tmpdir()}`,
    `${dirname(file('log4j2.properties'))}:${dirname(file('log4j2.properties'))}:ro`,
  ]
  const mounts = folders.flatMap((folder) => ['--volume', folder])
  return ['run', '--rm', '--name', name, '--network', 'host', '--user', user, ...mounts, '--entrypoint', 'java', IMAGE]
}
