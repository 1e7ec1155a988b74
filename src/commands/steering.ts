import type { Command } from 'commander'
import { UsageError } from '../config/problem.ts'
import { parseDuration } from '../config/quantity.ts'
import { type Config, EMPTY_CONFIG } from '../config/types.ts'
import type { Service } from './service.ts'
import type { SilenceOptions } from './steer.ts'

interface Where {
  readonly url?: string
  readonly config?: string
}

type Steer = typeof import('./steer.ts')

/** The commands that ask and steer a running service: status, explain, silence, forget. */
export function steering(program: Command, result: { status: number }): void {
  const command = (parent: Command, name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .option('--url <url>', 'HTTP address of the service (default: that of --config, else http://127.0.0.1:8080)')
      .option('--config <file>', 'where the service listens, and the state of a single host for when it does not run')

  async function run(where: Where, order: (steer: Steer, service: Service) => Promise<number>): Promise<void> {
    const [steer, { service }, config] = await Promise.all([
      import('./steer.ts'),
      import('./service.ts'),
      configOf(where.config),
    ])
    const asked = await service(where.url, config)
    try {
      result.status = await order(steer, asked)
    } finally {
      await asked.close()
    }
  }

  command(program, 'status', 'what fires, what is muted and why, how the receivers do').action((where: Where) =>
    run(where, (steer, service) => steer.status(service)),
  )
  const explain = program.command('explain').description('why something was or was not sent').helpCommand(false)
  command(explain, 'alert', 'the decisions on one alert')
    .argument('<fingerprint>', 'of the alert, or its beginning')
    .action((fingerprint: string, where: Where) =>
      run(where, (steer, service) => steer.explainAlert(service, fingerprint)),
    )

  const silence = program.command('silence').description('hold alerts back for some time').helpCommand(false)
  command(silence, 'add', 'make a silence')
    .argument('<matcher...>', 'cluster=shop/orders, rule=~replica-.*, … all must hold')
    .requiredOption('--for <duration>', 'how long, such as 2h; required')
    .requiredOption('--comment <text>', 'why; required')
    .option('--by <name>', 'who (default: $USER)')
    .action((matchers: string[], given: Where & { for: string; comment: string; by?: string }) => {
      const { for: duration, comment, by } = given
      const options: SilenceOptions = { duration, comment, ...(by === undefined ? {} : { by }) }
      return run(given, (steer, service) => steer.addSilence(service, matchers, options))
    })
  command(silence, 'list', 'the silences that have not ended').action((where: Where) =>
    run(where, (steer, service) => steer.listSilences(service)),
  )
  command(silence, 'expire', 'end a silence now')
    .argument('<id>', 'as the list shows it')
    .action((id: string, where: Where) => run(where, (steer, service) => steer.expireSilence(service, id)))

  command(program, 'forget', 'end the alerts of a cluster or member that is no more')
    .argument('<name>', 'CLUSTER or CLUSTER/MEMBER')
    .action((name: string, where: Where) => run(where, (steer, service) => steer.forget(service, name)))
}

/** `patrolog drill`. */
export function drilling(program: Command, result: { status: number }): void {
  program
    .command('drill')
    .description('send a marked incident through the real path, and tell how long each hop took, or which one lost it')
    .requiredOption('--config <file>', 'brokers and sources, as the service has them')
    .option('--url <url>', 'HTTP address of a process that notifies (default: that of --config)')
    .option('--topic <topic>', 'topic of lines to send to (default: the first of the sources)')
    .option('--wait <duration>', 'how long a hop may take (default: 90s)')
    .action(async ({ config, wait, ...options }: { config: string; url?: string; topic?: string; wait?: string }) => {
      const { drill } = await import('./drill.ts')
      const patience = wait === undefined ? {} : { wait: durationOf('--wait', wait) }
      result.status = await drill(await configOf(config), { ...options, ...patience })
    })
}

function durationOf(option: string, given: string): number {
  const duration = parseDuration(given)
  if (duration !== undefined && duration > 0) return duration
  throw new UsageError([`${option}: expected a duration such as 30s, got "${given}"`])
}

/** The configuration in a file; an empty one where none was named. Throws a UsageError with all that is wrong. */
export async function configOf(file: string | undefined): Promise<Config> {
  return file === undefined ? EMPTY_CONFIG : (await import('./config-file.ts')).loadConfigFile(file)
}
