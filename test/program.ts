import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../src/root.ts'

export interface Ran {
  readonly status: number
  /** What it wrote on its standard output, and on its standard error. */
  readonly out: string
  readonly said: string
}

export interface RunOptions {
  /** Written to a file that `--config` names, as the mapping that the YAML file would hold. */
  readonly config?: object
  readonly env?: Readonly<Record<string, string>>
  /** What comes on its standard input. */
  readonly input?: string
}

/** Runs the program to its end. Rejects when it was killed, or wrote more than 256 MiB. */
export async function patrolog(args: readonly string[], { config, env, input = '' }: RunOptions = {}): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-run-'))
  const file = join(folder, 'patrolog.yaml')
  if (config !== undefined) writeFileSync(file, JSON.stringify(config))
  const all = config === undefined ? args : [...args, '--config', file]
  const options = { maxBuffer: 1 << 28, env: { ...process.env, ...env } }
  try {
    return await new Promise((resolve, reject) => {
      const child = execFile(join(packageRoot, 'bin/patrolog'), all, options, (error, out, said) => {
        const status = error === null ? 0 : error.code
        if (typeof status === 'number') resolve({ status, out, said })
        else reject(new Error(said, { cause: error }))
      })
      child.stdin?.end(input)
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Lines of the JSON that a command prints; rejects when it failed or said anything beside. */
export async function jsonLines(args: readonly string[], options?: RunOptions): Promise<string[]> {
  const { status, out, said } = await patrolog(args, options)
  if (status !== 0 || said !== '') throw new Error(`patrolog ${args.join(' ')}: status ${status}: ${said}`)
  return out.split('\n').filter((line) => line !== '')
}
