import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Installed } from './install.ts'
import { FAST, guarded, HEAP, LOGGING, type Runner } from './running.ts'

const run = promisify(execFile)

/** Kafka out of its jars, on the JDK of this machine. */
export function jvm({ java, classPath, jvm }: Installed): Runner {
  return {
    async tool(main, args) {
      const shared = jvm.filter((option) => !option.startsWith('-XX:ArchiveClassesAtExit'))
      await run(java, [...FAST, ...shared, '-cp', classPath, main, ...args])
    },
    async start(properties) {
      const command = [java, ...HEAP, ...FAST, ...jvm, LOGGING, '-cp', classPath, 'kafka.Kafka', properties]
      const [guard, said] = await guarded('kill -KILL $child', command)
      const pid = Number(said.find((line) => line.startsWith('pid '))?.slice(4))
      return { guard, pid, signal: (name) => void process.kill(pid, name) }
    },
  }
}
