import type { Config } from '../../config/types.ts'
import { confirm, type Node, newNode, newWorld, type World } from '../world.ts'

/** A list of what happens, at seconds of virtual time; nothing runs before the story is told. Verbs come with the classes above it. */
export class Story {
  readonly name: string
  readonly world: World
  /** Configuration that the engine is given. */
  config: Config['clusters'][string] | undefined
  protected ends = 0

  constructor(name: string, primary: string) {
    this.name = name
    this.world = newWorld()
    this.world.nodes.set(primary, newNode(primary, 0, null))
  }

  /** Second at which the story is over: five minutes after the last thing that happens, unless `until` says otherwise. */
  end = 0

  until(t: number): this {
    this.end = t
    return this
  }

  /** Patroni of the member writes this message. */
  says(member: string, t: number, message: string, level: 'INFO' | 'WARNING' | 'ERROR' = 'INFO'): this {
    return this.each(t, member, (node) => this.world.patroni(node, t, message, level))
  }

  /** PostgreSQL of the member writes this message. */
  postgresSays(member: string, t: number, message: string): this {
    return this.each(t, member, (node) => this.world.postgres(node, t, message))
  }

  /** Something that changes what is true, at a second. */
  changes(t: number, change: (world: World) => void): this {
    return this.at(t, () => change(this.world))
  }

  /** One more heartbeat of a member, now. */
  beats(member: string, t: number): this {
    return this.each(t, member, (node) => confirm(this.world, node, t))
  }

  protected each(t: number, member: string | undefined, act: (node: Node) => void): this {
    return this.at(t, () => {
      for (const node of member === undefined ? this.world.nodes.values() : [this.world.node(member)]) act(node)
    })
  }

  protected at(t: number, act: () => void): this {
    if (t < 10_000) this.ends = Math.max(this.ends, t)
    this.world.at(t, act)
    return this
  }

  /** Runs the world: all that was written and read, in the order it came. */
  records(): World['records'] {
    if (this.world.records.length === 0) {
      this.end = this.end > 0 ? this.end : this.ends + 300
      this.world.run(this.end)
    }
    return this.world.records
  }
}
